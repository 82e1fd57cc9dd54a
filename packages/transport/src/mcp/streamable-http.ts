import {
  createMcpHandler,
  isLegacyRequest,
  WebStandardStreamableHTTPServerTransport,
  type McpHttpHandler,
  type Server,
} from '@modelcontextprotocol/server';
import type { McpEndpoint } from '../http/mcp.js';
import { refusalHeaders } from '../http/read-body.js';
import { safeHeaders } from '../http/reply.js';
import { OperationError } from '@escarp/contract';
import { createMcpServer, type McpServerOptions } from './create-server.js';
import { LeaseSet } from './lease-set.js';
import { tolerantRequest } from './tolerant-input.js';

/** What serving MCP over HTTP needs. */
export type McpEndpointOptions = McpServerOptions & {
  /** Generates session ids. They are secrets: whoever knows one can act for its session. */
  ids: () => string;
  sessionsMax?: number | undefined;
  /**
   * Milliseconds without a request after which a session ends, and its leases with it. Without a session: milliseconds
   * after which a lease that no call names ends.
   */
  silenceMs?: number | undefined;
};

type Session = {
  server: Server;
  leases: LeaseSet;
  transport: WebStandardStreamableHTTPServerTransport;
  /** Calls that are in progress. */
  working: number;
  timer?: NodeJS.Timeout;
};

const sessionsMaxDefault = 64;
const silenceMsDefault = 5 * 60_000;
const bodyBytesMax = 256 * 1024;

/**
 * MCP over streamable HTTP. Clients of 2025-11-25 and earlier have sessions, and leases belong to them. Since
 * 2026-07-28 there are none: a lease belongs to its handle, which no other caller knows.
 */
export class McpSessions {
  readonly #options: McpEndpointOptions;
  readonly #sessions = new Set<Session>();
  readonly #silenceMs: number;
  readonly #sessionless: { leases: LeaseSet; handler: McpHttpHandler };

  constructor(options: McpEndpointOptions) {
    this.#options = options;
    this.#silenceMs = options.silenceMs ?? silenceMsDefault;
    const leases = new LeaseSet({ broker: options.broker, mustName: true, silenceMs: this.#silenceMs });
    const handler = createMcpHandler(() => createMcpServer(options, leases), {
      legacy: 'reject',
      maxRequestBodySize: bodyBytesMax,
    });
    this.#sessionless = { leases, handler };
  }

  /** Number of open sessions. */
  get size(): number {
    return this.#sessions.size;
  }

  /** For `createHttpApp`. */
  readonly endpoint: McpEndpoint = async (request) => {
    const response = await tolerantRequest(request, bodyBytesMax).then(
      (tolerated) => this.#answer(tolerated),
      (error: unknown) => refusal(error, request),
    );
    for (const [name, value] of Object.entries(safeHeaders)) response.headers.set(name, value);
    return response;
  };

  /** Ends every session and releases all leases. */
  async close(): Promise<void> {
    const { leases, handler } = this.#sessionless;
    const sessions = [...this.#sessions].map((session) => this.#end(session));
    await Promise.all([...sessions, leases.close()]);
    await handler.close();
  }

  async #answer(request: Request): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    if (id !== null) return await this.#continue(id, request);
    if (await isLegacyRequest(request, undefined, { maxRequestBodySize: bodyBytesMax }))
      return await this.#begin(request);
    return await this.#sessionless.handler.fetch(request);
  }

  async #begin(request: Request): Promise<Response> {
    if (request.method !== 'POST') return rpcError(400, 'The header Mcp-Session-Id is missing.');
    if (this.#sessions.size >= (this.#options.sessionsMax ?? sessionsMaxDefault)) {
      return rpcError(503, 'Too many open MCP sessions. Try again later.');
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
    const { broker, leasesMax, ids } = this.#options;
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: ids,
      maxRequestBodySize: bodyBytesMax,
      onsessionclosed: () => this.#end(session),
    });
    const leases = new LeaseSet({ broker, leasesMax });
    const begin = () => {
      session.working++;
      return () => void session.working--;
    };
    const session: Session = {
      leases,
      transport,
      working: 0,
      server: createMcpServer(this.#options, leases, { begin }),
    };
    this.#sessions.add(session);
    this.#expectNext(session);
    await session.server.connect(transport);
    return session;
  }

  /** A call that is still in progress, such as a long wait, does not count as silence. */
  #expectNext(session: Session): void {
    clearTimeout(session.timer);
    session.timer = setTimeout(() => {
      if (session.working > 0) this.#expectNext(session);
      else void this.#end(session);
    }, this.#silenceMs).unref();
  }

  async #end(session: Session): Promise<void> {
    clearTimeout(session.timer);
    this.#sessions.delete(session);
    await session.leases.close();
    await session.server.close();
  }
}

/** What is wrong with a request's body, in the terms of JSON-RPC. */
function refusal(error: unknown, request: Request): Response {
  if (!(error instanceof OperationError)) throw error;
  const response = rpcError(error.status, error.message);
  for (const [name, value] of Object.entries(refusalHeaders(request, error)))
    response.headers.set(name, value);
  return response;
}

const rpcError = (status: number, message: string, code = -32_000): Response =>
  new Response(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }), {
    status,
    headers: { 'content-type': 'application/json' },
  });
