import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';

/** A server that guards nothing and allows every origin: what is tried on it must succeed, or the attack is a dud. */
export interface OpenServer {
  readonly port: number;
  /** Ways and paths that reached it, each once: `GET /path` and the way alone. */
  readonly reached: Set<string>;
  close(): void;
}

export async function startOpenServer(): Promise<OpenServer> {
  const reached = new Set<string>();
  const note = (method: string | undefined, url: string | undefined): void => {
    const { pathname, searchParams } = new URL(url ?? '/', 'http://open');
    const isPreflight = method === 'OPTIONS' && !searchParams.get('via')?.startsWith('OPTIONS');
    if (isPreflight) return;
    reached.add(`${method} ${pathname}`);
    reached.add(searchParams.get('via') ?? String(method));
  };
  const server = createServer((request, response) => {
    note(request.method, request.url);
    response.writeHead(200, allowAll(request.headers));
    response.end(request.method === 'HEAD' ? undefined : 'secret\n\n');
  });
  server.on('upgrade', (request, socket) => {
    note('WebSocket', request.url);
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    const head = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade'];
    socket.on('error', () => {});
    socket.write(`${[...head, `sec-websocket-accept: ${accept}`].join('\r\n')}\r\n\r\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    reached,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Lets every page do everything, with its credentials too. */
function allowAll({ origin, accept }: IncomingHttpHeaders): Record<string, string> {
  return {
    'access-control-allow-origin': origin ?? '*',
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': 'content-type',
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS',
    'content-type': accept === 'text/event-stream' ? accept : 'text/plain',
  };
}
