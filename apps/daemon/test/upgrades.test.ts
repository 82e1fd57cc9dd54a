import { once } from 'node:events';
import { connect } from 'node:net';
import { createHttpApp, roomFor, Upgrade, type HttpAppOptions } from '@escarp/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type ListeningServer } from '../src/http-server.js';

const apiToken = 'a token of the daemon';

describe('a route that answers with an upgrade', () => {
  let server: ListeningServer;
  beforeAll(async () => {
    const echo = new Upgrade(({ socket, head }) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      if (head.length > 0) socket.unshift(head);
      socket.pipe(socket);
    });
    const options: Omit<HttpAppOptions, 'guard'> = {
      handlers: { healthz: async () => ({ ok: true, version: '1' }) } as never,
      version: '1',
      events: {} as never,
      metrics: () => '',
      onInternalError: () => {},
      routes: [{ method: 'GET', path: '/echo', access: 'lease', answer: () => echo }],
    };
    server = await serve({
      app: (port) => createHttpApp({ ...options, guard: { port, apiToken, nowMs: () => performance.now() } }),
      host: '127.0.0.1',
      base: 0,
      room: roomFor(1_024),
      upgrades: true,
      onError: () => {},
    });
  });
  afterAll(() => server.close());

  const authorization = `Bearer ${apiToken}`;
  const asking = { connection: 'Upgrade', upgrade: 'echo' };

  /** Sends a request with these headers, followed by `hello`; resolves with everything that comes back. */
  const ask = async (path: string, headers: Readonly<Record<string, string>>): Promise<string> => {
    const socket = connect(server.port, '127.0.0.1');
    const all = { host: `127.0.0.1:${server.port}`, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\nhello`);
    let said = '';
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(socket, 'close');
    return said;
  };

  it('takes the connection over', async () => {
    expect(await ask('/echo', { ...asking, authorization })).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\nhello$/);
  });

  it.each([
    ['without the token', {}, 401, 'unauthorized'],
    ['with a wrong one', { authorization: 'Bearer of bad news' }, 401, 'unauthorized'],
    ['by a web page', { authorization, origin: 'http://evil.example' }, 403, 'forbidden_origin'],
    ['under a name that is not its own', { authorization, host: 'evil.example' }, 403, 'forbidden_host'],
  ])('is refused to whoever asks %s', async (_, headers, status, code) => {
    const said = await ask('/echo', { ...asking, ...headers });
    expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(said).toContain(`"${code}"`);
    expect(said).not.toContain('hello');
  });

  it('tells a client that asks for no upgrade which one to ask for', async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/echo`, { headers: { authorization } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'bad_request' });
  });

  it('leaves other routes unchanged, also for a client that offers an upgrade', async () => {
    expect(await ask('/healthz', asking)).toMatch(/^HTTP\/1\.1 200 [^]*"version":"1"/);
    expect(await ask('/nowhere', asking)).toMatch(/^HTTP\/1\.1 404 [^]*unknown_route/);
  });
});
