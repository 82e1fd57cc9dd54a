export { serveMcp, type McpOptions } from './serve-mcp.js';
