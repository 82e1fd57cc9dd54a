import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { DaemonError } from '@escarp/broker';
import { getRequestListener } from '@hono/node-server';
import type { HttpApp } from '@escarp/transport';
import type { ServerRoom } from '@escarp/transport';
import { limitServer, replyUnreadable, serverLimits } from '@escarp/transport';

const portStep = 10;
const portSteps = 10;

export interface ListeningServer {
  readonly port: number;
  /** Takes no more requests, lets those under way end, and cuts what has not ended after a moment. */
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly app: (port: () => number) => HttpApp;
  readonly host: string;
  readonly base: number;
  readonly room: ServerRoom;
  /** Told of a connection that could not be accepted; the server goes on. */
  readonly onError: (error: Error) => void;
}

/** Serves an app on the first free port of the ladder that begins at `base`; 0 is any free port. */
export async function serve({ app, host, base, room, onError }: ServeOptions): Promise<ListeningServer> {
  let port = base;
  const answer = getRequestListener(app(() => port).fetch, { errorHandler: replyUnreadable });
  const server = createServer(serverLimits, answer);
  limitServer(server, room);
  port = await listen(server, host, base);
  // Without descriptors a connection cannot be accepted, which a server emits as an error of its own.
  server.on('error', onError);
  return { port, close: () => close(server) };
}

async function listen(server: Server, host: string, base: number): Promise<number> {
  for (let step = 0; step <= portSteps; step++) {
    const port = await tryListen(server, host, base === 0 ? 0 : base + step * portStep);
    if (port !== undefined) return port;
  }
  throw new DaemonError(
    'ports_taken',
    `The API port ${base} and the ${portSteps} above it are taken.`,
    'Set ESCARP_API_PORT to a free port.',
  );
}

/** Undefined when the port is taken, or is none. */
async function tryListen(server: Server, host: string, port: number): Promise<number | undefined> {
  if (port > 65_535) return undefined;
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    };
    server.once('error', failed);
    server.listen({ port, host }, () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

const lastAnswersMs = 2_000;
const lookAgainMs = 10;

async function close(server: Server): Promise<void> {
  const closed = new Promise<'closed'>((resolve) => server.close(() => resolve('closed')));
  for (let waitedMs = 0; waitedMs < lastAnswersMs; waitedMs += lookAgainMs) {
    // A connection falls idle when its answer is out, which has no event; an idle one keeps the server open.
    server.closeIdleConnections();
    if ((await Promise.race([closed, pause(lookAgainMs)])) === 'closed') return;
  }
  server.closeAllConnections();
  await closed;
}
