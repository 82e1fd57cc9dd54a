import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import { makeCertificate } from './certificate.js';
import { holdResponses } from './held-responses.js';
import type { HeldResponses } from './held-responses.js';
import { createVisits } from './visits.js';
import type { Visits } from './visits.js';
import { respond } from './respond.js';

/** A site that hands out every kind of state a web server can, and remembers what came back. */
export interface LeakSite {
  /** `http://leak.test:PORT`, without a slash at the end. */
  readonly plain: (host?: string) => string;
  readonly secure: (host?: string) => string;
  /** As `secure`, by a certificate that the browser has no reason to trust. */
  readonly untrusted: () => string;
  /** What a browser needs to reach the site under its names and to trust its certificate. */
  readonly chromeArgs: readonly string[];
  readonly visits: Visits;
  readonly held: HeldResponses;
  readonly close: () => Promise<void>;
}

// The last two have sites of their own because their pages block the renderer that a site's tabs share.
const hosts = [
  'leak.test',
  'sub.leak.test',
  'other.test',
  'hsts.test',
  'hints.test',
  'sockets.test',
  'tls.test',
  'dialog.test',
  'hung.test',
];
const untrustedHost = 'untrusted.test';

export async function startLeakSite(): Promise<LeakSite> {
  const [certificate, untrusted] = await Promise.all([
    makeCertificate(hosts),
    makeCertificate([untrustedHost]),
  ]);
  const visits = createVisits();
  const held = holdResponses();
  const answer: RequestListener = (request, response) => respond(request, response, { visits, held });
  const servers = [
    createHttpServer(answer),
    createTlsServer(certificate, answer),
    createTlsServer(untrusted, answer),
  ];
  // An idle connection is the browser's to close, however long a holder takes.
  for (const server of servers) server.keepAliveTimeout = 0;
  const [httpPort, httpsPort, untrustedPort] = await Promise.all(servers.map(listen));
  const closers = servers.map(closerOf);
  const mapped = [...hosts, untrustedHost].map((host) => `MAP ${host} 127.0.0.1`);
  return {
    plain: (host = 'leak.test') => `http://${host}:${httpPort}`,
    secure: (host = 'leak.test') => `https://${host}:${httpsPort}`,
    untrusted: () => `https://${untrustedHost}:${untrustedPort}`,
    chromeArgs: [
      `--host-resolver-rules=${mapped.join(',')}`,
      `--ignore-certificate-errors-spki-list=${certificate.spkiHash}`,
      // So that there are devices whose ids a site can remember.
      '--use-fake-device-for-media-stream',
    ],
    visits,
    held,
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
