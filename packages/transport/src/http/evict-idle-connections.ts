import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Exchange = { request: IncomingMessage; response: ServerResponse };

/**
 * Keeps room for new connections: above `crowdedAt` of them the one that has gone longest without a whole request under
 * way is cut. Otherwise a local program that opens as many as there may be, and sends nothing, or never an end, would
 * keep holders from renewing. Whoever waits for an answer is not cut, nor is an event stream.
 */
export function keepRoom(server: Server, crowdedAt: number): void {
  /** The latest exchange on each connection, in the order in which they last began one. */
  const latest = new Map<Socket, Exchange | undefined>();
  server.on('connection', (socket: Socket) => {
    latest.set(socket, undefined);
    socket.once('close', () => latest.delete(socket));
    if (latest.size > crowdedAt) cutIdlest(latest);
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    // Set anew, it goes to the end of the order.
    if (latest.delete(socket)) latest.set(socket, { request, response });
  });
}

function cutIdlest(latest: Map<Socket, Exchange | undefined>): void {
  for (const [socket, exchange] of latest) {
    if (isUnderWay(exchange)) continue;
    latest.delete(socket);
    socket.destroy();
    return;
  }
}

function isUnderWay(exchange: Exchange | undefined): boolean {
  return exchange !== undefined && exchange.request.complete && !exchange.response.writableFinished;
}
