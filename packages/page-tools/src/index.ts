export { inspectServer, type Inspection } from './inspect-server.js';
export { pageCommands, type BrowserTool, type LeasedBrowser, type PageCommand } from './page-command.js';
export { PageServers, type PageCall, type PageServersOptions } from './page-servers.js';
export type { ProcessCommand } from './process-transport.js';
