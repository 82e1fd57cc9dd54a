import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { documentFunctions } from './document-attack.js';
import { pageFunctions } from './page-attack.js';

export interface HostileSite {
  readonly port: number;
  close(): void;
}

const attackScript = `${[...pageFunctions, ...documentFunctions].map(String).join('\n')}
  const requests = [byFetch, byPostFetch, byRequests, bySockets, byEvents];
  const elements = [byBeacons, byForms, byElements, byStyles, byFrames, byWorkers];
  const hasDocument = typeof document !== 'undefined';
  self.attack = (given) =>
    attackFromPage(given, hasDocument && given.usesDocument ? [...requests, ...elements] : requests);`;

/** The attacker's document, the same from wherever it is served. */
export const hostileDocument = `<!doctype html><body><script>${attackScript}</script>`;

const worker = `${attackScript}
  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener('message', async ({ data, source }) => source.postMessage(await self.attack(data)));`;

/**
 * Serves the hostile page and its service worker; `/redirect?to=URL` redirects there with all that a request carries,
 * and `/violation?report=URL` is a page that lets the browser report there that the page broke its own policy.
 */
export async function startHostileSite(): Promise<HostileSite> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site');
    serve(response, pathname, searchParams.get('to') ?? searchParams.get('report') ?? '');
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

function serve(response: ServerResponse, pathname: string, url: string): void {
  if (pathname === '/redirect') {
    response.writeHead(307, { location: url, 'access-control-allow-origin': '*' }).end();
    return;
  }
  if (pathname === '/violation') {
    response.setHeader('content-security-policy', `img-src 'none'; report-uri ${url}`);
    response.setHeader('content-type', 'text/html').end('<img src="/image">');
    return;
  }
  const isWorker = pathname === '/worker.js';
  response.setHeader('content-type', isWorker ? 'text/javascript' : 'text/html');
  response.end(isWorker ? worker : hostileDocument);
}
