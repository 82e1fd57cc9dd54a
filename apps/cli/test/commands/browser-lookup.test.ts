import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';

// Stands in for the way to the internet, counts requests, and lets none through.
const proxy = createServer((_, response) => response.writeHead(403).end());
let lookups = 0;
proxy.on('connect', (request, socket) => {
  // The browser itself asks for other places.
  if (request.url === 'googlechromelabs.github.io:443') lookups += 1;
  socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
});

let home: EscarpHome;
beforeAll(async () => {
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const { port } = proxy.address() as AddressInfo;
  home = await makeEscarpHome(1, { ESCARP_CFT_BINARY: '', HTTPS_PROXY: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  await home.remove();
  proxy.close();
});

it(
  'looks for a download before the first start of a pool, and not at every one',
  { tags: ['browser'], timeout: 120_000 },
  async () => {
    const first = await home.run(['up']);
    expect(first.exitCode).toBe(0);
    expect(first.stderr).toContain('The download of Chrome for Testing failed');
    expect(lookups).toBeGreaterThan(0);
    const before = lookups;
    expect((await home.run(['daemon', 'stop'])).exitCode).toBe(0);
    expect((await home.run(['daemon', '--background'])).exitCode).toBe(0);
    expect((await home.run(['down'])).exitCode).toBe(0);
    expect((await home.run(['up'])).exitCode).toBe(0);
    expect(lookups).toBe(before);
    // A browser that was asked for by name is still tried.
    expect((await home.run(['install-browser'])).exitCode).toBe(0);
    expect(lookups).toBeGreaterThan(before);
  },
);
