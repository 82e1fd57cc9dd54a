export type { SessionBroker } from './broker-connection.js';
export { serveMcp, type LeaseMemory, type McpOptions, type PageServing } from './serve-mcp.js';
