import type { Route } from './route.js';

/** Answers MCP over streamable HTTP. Its errors are those of JSON-RPC, once the guard has let a request in. */
export type McpEndpoint = (request: Request) => Promise<Response>;

export const mcpRoutes = (endpoint: McpEndpoint): Route[] =>
  (['GET', 'POST', 'DELETE'] as const).map((method) => ({
    method,
    path: '/mcp',
    access: 'lease',
    answer: ({ request }) => endpoint(request),
  }));
