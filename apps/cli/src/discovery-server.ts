import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '@escarp/contract';
import type { LeaseView } from '@escarp/transport/client';
import { httpFetch, OperationError } from '@escarp/transport/client';

/** An address that looks like a browser's DevTools to a client that uses discovery. */
export interface DiscoveryServer {
  /** For the client, as its CDP endpoint. */
  readonly url: string;
  close(): void;
}

/**
 * Answers `GET /json/version` with the leased browser's own answer. The client then talks to the browser directly, and
 * this server is out of the way. Clients do not show the errors they receive, so `onRefusal` is called with them.
 */
export async function startDiscoveryServer(
  use: () => Promise<LeaseView>,
  onRefusal: (error: unknown) => void,
): Promise<DiscoveryServer> {
  const server = createServer((request, response) => {
    answer(request, response, use).catch((error: unknown) => {
      onRefusal(error);
      replyError(response, error);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A connection could not be accepted; its client is told so by the system.
  server.on('error', () => {});
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // It must not keep this process running once the child has ended.
  server.unref();
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  use: () => Promise<LeaseView>,
): Promise<void> {
  if (isFromPage(request)) return reply(response, 403, { error: 'forbidden_origin' });
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (request.method !== 'GET' || !/^\/json\/version\/?$/.test(pathname)) {
    return reply(response, 404, { error: 'unknown_route' });
  }
  reply(response, 200, await browserVersion(use));
}

const relaunchMs = 15_000;
const everyMs = 200;

/** A browser that has just died is being relaunched under its lease, so the request is repeated for a while. */
async function browserVersion(use: () => Promise<LeaseView>): Promise<unknown> {
  const lease = await use();
  const relaunched = AbortSignal.timeout(relaunchMs);
  for (let { cdpHttpUrl } = lease; ; { cdpHttpUrl } = await use()) {
    try {
      const found = await httpFetch(`${cdpHttpUrl}/json/version`, {
        method: 'GET',
        headers: {},
        signal: relaunched,
      });
      return JSON.parse(await found.text());
    } catch (cause) {
      if (relaunched.aborted) throw new OperationError('slot_not_ready', { cause });
      await pause(everyMs);
    }
  }
}

/**
 * A page must not be able to take leases: it cannot send our Host, and it cannot omit what browsers add. Even an
 * address that a person typed is refused, because a request here has an effect. Old browsers do not send
 * Sec-Fetch-Site, but identify themselves by words that all browsers have in common.
 */
function isFromPage({ headers, socket }: IncomingMessage): boolean {
  const names = [`127.0.0.1:${socket.localPort}`, `localhost:${socket.localPort}`];
  if (!names.includes(headers.host ?? '')) return true;
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) return true;
  return headers['user-agent']?.startsWith('Mozilla/') === true;
}

function reply(response: ServerResponse, status: number, body: unknown, reason?: string): void {
  // Some clients show nothing of a refusal but the status line.
  if (reason !== undefined) response.statusMessage = reason.replaceAll(/[^ -~]/g, '?');
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

function replyError(response: ServerResponse, error: unknown): void {
  const known = error instanceof OperationError;
  const body = known
    ? { error: error.code, message: error.message, hint: error.hint }
    : { error: 'internal', message: messageOf(error) };
  if (!response.headersSent) reply(response, known ? error.status : 500, body, body.message);
}
