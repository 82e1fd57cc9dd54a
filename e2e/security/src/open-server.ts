import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** A server that guards nothing and allows every origin: what is tried on it must succeed, or the attack is a dud. */
export interface OpenServer {
  readonly url: string;
  /** Methods and paths that reached it, each once. */
  readonly reached: Set<string>;
  close(): void;
}

const allowAll = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': '*',
  'content-type': 'text/plain',
};

export async function startOpenServer(): Promise<OpenServer> {
  const reached = new Set<string>();
  const server = createServer((request, response) => {
    reached.add(`${request.method} ${request.url}`);
    const wantsEvents = request.headers.accept === 'text/event-stream';
    response.writeHead(200, { ...allowAll, ...(wantsEvents ? { 'content-type': 'text/event-stream' } : {}) });
    response.end(request.method === 'HEAD' ? undefined : 'secret\n\n');
  });
  server.on('upgrade', (request, socket) => {
    reached.add(`WebSocket ${request.url}`);
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
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    reached,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
