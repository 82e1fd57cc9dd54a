import { once } from 'node:events';
import { createServer } from 'node:http';
import { attackFromPage } from './page-attack.js';

export interface HostileSite {
  readonly port: number;
  close(): void;
}

/** The attacker's document, the same from wherever it is served. */
export const hostileDocument = `<!doctype html><body><script>window.attack = ${attackFromPage.toString()}</script>`;

const worker = `const attack = ${attackFromPage.toString()};
  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener('message', async ({ data, source }) => source.postMessage(await attack(data)));`;

/** Serves the hostile page and its service worker, and redirects wherever it is asked to. */
export async function startHostileSite(): Promise<HostileSite> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site');
    const to = searchParams.get('to');
    if (pathname === '/redirect' && to !== null) {
      response.writeHead(307, { location: to, 'access-control-allow-origin': '*' }).end();
      return;
    }
    const isWorker = pathname === '/worker.js';
    response.setHeader('content-type', isWorker ? 'text/javascript' : 'text/html');
    response.end(isWorker ? worker : hostileDocument);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
