import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { DaemonError } from '@escarp/broker';
import { portsTried } from '@escarp/contract';
import { getRequestListener } from '@hono/node-server';
import type { HttpApp } from '@escarp/transport';
import type { ServerRoom } from '@escarp/transport';
import {
  answerUpgrade,
  limitServer,
  listen,
  onFirstFreePort,
  replyUnreadable,
  serverLimits,
} from '@escarp/transport';

export interface ListeningServer {
  readonly port: number;
  /** Accepts no more requests, lets those under way finish, and after a moment cuts off those that have not. */
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly app: (port: () => number) => HttpApp;
  readonly host: string;
  readonly base: number;
  readonly room: ServerRoom;
  /**
   * Whether routes of the app answer with an upgrade. If none does, a client that offers to upgrade to something else,
   * as some do to HTTP/2, is answered like any other.
   */
  readonly upgrades?: boolean;
  /** Called with a connection that could not be accepted; the server continues. */
  readonly onError: (error: Error) => void;
}

/** Serves an app on the first free port of the ladder that begins at `base`; 0 stands for any free port. */
export async function serve(options: ServeOptions): Promise<ListeningServer> {
  const { app, host, base, room, upgrades = false, onError } = options;
  let port = base;
  const { fetch } = app(() => port);
  const answer = getRequestListener(fetch, { errorHandler: replyUnreadable });
  const server = createServer(serverLimits, answer);
  limitServer(server, room);
  if (upgrades) {
    server.on('upgrade', (request, socket, head) => void answerUpgrade(fetch, { request, socket, head }));
  }
  const free = await onFirstFreePort(base, async (candidate) =>
    listen(server, { host, port: candidate, onError }),
  );
  if (free === undefined) throw portsTaken(base);
  port = free;
  return { port, close: () => close(server) };
}

function portsTaken(base: number): DaemonError {
  return new DaemonError(
    'ports_taken',
    `The API port ${base} and the ${portsTried} above it are taken.`,
    'Set ESCARP_API_PORT to a free port.',
  );
}

const lastAnswersMs = 2_000;
const lookAgainMs = 10;

async function close(server: Server): Promise<void> {
  const closed = new Promise<'closed'>((resolve) => server.close(() => resolve('closed')));
  for (let waitedMs = 0; waitedMs < lastAnswersMs; waitedMs += lookAgainMs) {
    // A connection becomes idle when its answer has been sent, for which there is no event; an idle one keeps the
    // server open.
    server.closeIdleConnections();
    if ((await Promise.race([closed, pause(lookAgainMs)])) === 'closed') return;
  }
  server.closeAllConnections();
  await closed;
}
