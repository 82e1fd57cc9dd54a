/** MCP, apart from the rest, because loading the SDK takes longer than everything else together. */
export { createMcpServer } from './create-server.js';
export type { ClientName, McpServerOptions } from './create-server.js';
export type { PersonLinks } from './ask-person.js';
export { localBroker } from './lease-broker.js';
export type { LeaseBroker } from './lease-broker.js';
export { LeaseSet } from './lease-set.js';
export type { AcquireOptions, Holding, LeaseSetOptions } from './lease-set.js';
export type { PageCall, PageOptions, PageTools } from './page-tools.js';
export { serveStdio } from './stdio.js';
export type { StdioOptions, StdioServer } from './stdio.js';
export { McpSessions } from './streamable-http.js';
export type { McpEndpointOptions } from './streamable-http.js';
