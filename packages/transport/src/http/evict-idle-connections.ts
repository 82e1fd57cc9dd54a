import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Exchange = { request: IncomingMessage; response: ServerResponse };

/**
 * Makes room for new connections: while more than `softLimit` are open, each new one evicts the connection that has been
 * idle longest. Without this, a local program that opens every connection and sends nothing, or an endless request, would
 * keep holders from renewing. Connections that wait for an answer, including event streams, are never evicted.
 */
export function evictIdleConnections(server: Server, softLimit: number): void {
  /** The latest exchange of each connection, in the order in which those exchanges began. */
  const latest = new Map<Socket, Exchange | undefined>();
  server.on('connection', (socket: Socket) => {
    latest.set(socket, undefined);
    socket.once('close', () => latest.delete(socket));
    if (latest.size > softLimit) evictIdlest(latest);
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    // Deleting and setting moves it to the end of the order.
    if (latest.delete(socket)) latest.set(socket, { request, response });
  });
}

function evictIdlest(latest: Map<Socket, Exchange | undefined>): void {
  for (const [socket, exchange] of latest) {
    if (isInProgress(exchange)) continue;
    latest.delete(socket);
    socket.destroy();
    return;
  }
}

function isInProgress(exchange: Exchange | undefined): boolean {
  return exchange !== undefined && exchange.request.complete && !exchange.response.writableFinished;
}
