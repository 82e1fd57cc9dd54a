import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import { makeCertificate } from './certificate.js';
import { createVisits } from './visits.js';
import type { Visits } from './visits.js';
import { respond } from './respond.js';

/** A site that hands out every kind of state a web server can, and remembers what came back. */
export interface LeakSite {
  /** `http://leak.test:PORT`, without a slash at the end. */
  readonly plain: (host?: string) => string;
  readonly secure: (host?: string) => string;
  /** What a browser needs to reach the site under its names and to trust its certificate. */
  readonly chromeArgs: readonly string[];
  readonly visits: Visits;
  readonly close: () => Promise<void>;
}

// The last two have sites of their own because their pages block the renderer that a site's tabs share.
const hosts = ['leak.test', 'sub.leak.test', 'other.test', 'hsts.test', 'dialog.test', 'hung.test'];

export async function startLeakSite(): Promise<LeakSite> {
  const certificate = await makeCertificate(hosts);
  const visits = createVisits();
  const http = createHttpServer((request, response) => respond(request, response, visits));
  const https = createTlsServer(certificate, (request, response) => respond(request, response, visits));
  const [httpPort, httpsPort] = await Promise.all([listen(http), listen(https)]);
  const closers = [http, https].map(closerOf);
  return {
    plain: (host = 'leak.test') => `http://${host}:${httpPort}`,
    secure: (host = 'leak.test') => `https://${host}:${httpsPort}`,
    chromeArgs: [
      `--host-resolver-rules=${hosts.map((host) => `MAP ${host} 127.0.0.1`).join(',')}`,
      `--ignore-certificate-errors-spki-list=${certificate.spkiHash}`,
    ],
    visits,
    close: async () => void (await Promise.all(closers.map((close) => close()))),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

function closerOf(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}
