import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { McpEndpoint } from '../http/mcp.js';
import { safeHeaders } from '../http/reply.js';
import { createMcpServer, type McpServer, type McpServerOptions } from './create-server.js';

export type McpEndpointOptions = McpServerOptions & {
  /** Makes session ids. They are secrets: whoever knows one speaks for its session. */
  ids: () => string;
  sessionsMax?: number | undefined;
  /** Milliseconds without a request after which a session ends, and its lease with it. */
  silenceMs?: number | undefined;
};

type Session = {
  mcp: McpServer;
  transport: WebStandardStreamableHTTPServerTransport;
  timer?: NodeJS.Timeout;
};

const sessionsMaxDefault = 64;
const silenceMsDefault = 5 * 60_000;
const bodyBytesMax = 256 * 1024;

/** MCP over streamable HTTP: a session, and with it its lease, lives as long as its client keeps asking. */
export class McpSessions {
  readonly #options: McpEndpointOptions;
  readonly #sessions = new Set<Session>();

  constructor(options: McpEndpointOptions) {
    this.#options = options;
  }

  /** Sessions that are open. */
  get size(): number {
    return this.#sessions.size;
  }

  /** To be given to `createHttpApp`. */
  readonly endpoint: McpEndpoint = async (request) => {
    const id = request.headers.get('mcp-session-id');
    const response = id === null ? await this.#begin(request) : await this.#continue(id, request);
    for (const [name, value] of Object.entries(safeHeaders)) response.headers.set(name, value);
    return response;
  };

  /** Ends every session and releases their leases. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => this.#end(session)));
  }

  async #begin(request: Request): Promise<Response> {
    if (request.method !== 'POST') return rpcError(400, 'The header Mcp-Session-Id is missing.');
    if (this.#sessions.size >= (this.#options.sessionsMax ?? sessionsMaxDefault)) {
      return rpcError(503, 'As many sessions are open as this server keeps. Try again later.');
    }
    const session = await this.#open();
    const response = await session.transport.handleRequest(request);
    if (session.transport.sessionId === undefined) await this.#end(session);
    return response;
  }

  async #continue(id: string, request: Request): Promise<Response> {
    const session = [...this.#sessions].find(({ transport }) => transport.sessionId === id);
    if (session === undefined)
      return rpcError(404, 'There is no such session. Initialize a new one.', -32_001);
    this.#expectNext(session);
    return await session.transport.handleRequest(request);
  }

  async #open(): Promise<Session> {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: this.#options.ids,
      maxRequestBodySize: bodyBytesMax,
      onsessionclosed: () => this.#end(session),
    });
    const session: Session = { mcp: createMcpServer(this.#options), transport };
    this.#sessions.add(session);
    this.#expectNext(session);
    await session.mcp.server.connect(transport);
    return session;
  }

  /** A call that is still being worked on, such as a long wait, is not silence. */
  #expectNext(session: Session): void {
    clearTimeout(session.timer);
    session.timer = setTimeout(() => {
      if (session.mcp.working > 0) this.#expectNext(session);
      else void this.#end(session);
    }, this.#options.silenceMs ?? silenceMsDefault).unref();
  }

  async #end(session: Session): Promise<void> {
    clearTimeout(session.timer);
    this.#sessions.delete(session);
    await session.mcp.close();
  }
}

const rpcError = (status: number, message: string, code = -32_000): Response =>
  new Response(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }), {
    status,
    headers: { 'content-type': 'application/json' },
  });
