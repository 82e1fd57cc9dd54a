export { serveMcp, type LeaseMemory, type McpOptions, type PageServing } from './serve-mcp.js';
