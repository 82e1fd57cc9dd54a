import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { attack } from './attack-page.js';

/** Serves a page that can attack, a service worker that can, and redirects into whatever is asked. */
export async function startHostileSite(): Promise<{ port: number; stop: () => Promise<void> }> {
  const worker = `self.addEventListener('install', () => self.skipWaiting());
    self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
    self.addEventListener('message', async ({ data, source }) => {
      const read = [];
      for (const mode of ['cors', 'no-cors', 'same-origin']) for (const [path, init] of [
        ['/status', {}],
        ['/acquire', { method: 'POST', body: '{"holder":"worker"}', headers: { 'content-type': 'application/json' } }],
        ['/acquire', { method: 'POST', body: '{"holder":"worker"}' }],
      ]) try { const text = await (await fetch(data + path, { ...init, mode })).text(); if (text) read.push(text); } catch {}
      source.postMessage(read);
    });`;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    const to = url.searchParams.get('to');
    if (url.pathname === '/redirect' && to !== null) return response.writeHead(307, { location: to }).end();
    if (url.pathname === '/worker.js')
      return response.setHeader('content-type', 'text/javascript').end(worker);
    response.setHeader('content-type', 'text/html');
    return response.end(`<!doctype html><body><script>window.attack = ${attack.toString()}</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
