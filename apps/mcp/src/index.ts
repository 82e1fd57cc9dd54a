export type { SessionBroker } from './broker-connection.js';
export { serveMcp, type McpOptions } from './serve-mcp.js';
