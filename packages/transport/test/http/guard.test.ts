import { describe, expect, it } from 'vitest';
import { errorOf, get, post, sampleApp } from '../sample-app.js';

const token = 'a-token-of-good-length';
const adminToken = 'the-operators-own-token';
const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

describe('the Host header', () => {
  it.each(['127.0.0.1:7878', 'localhost:7878', 'LOCALHOST:7878', '[::1]:7878', 'box.lan:7878', 'proxy:443'])(
    '%s is let in',
    async (host) => {
      const app = sampleApp({ guard: { hosts: ['box.lan', 'proxy:443'] } });
      expect((await get(app, '/status', { host })).status).toBe(200);
    },
  );

  it.each([
    'evil.example:7878',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1.nip.io:7878',
    'localhost.:7878',
    'proxy:7878',
    '',
  ])('%j is refused', async (host) => {
    const response = await get(sampleApp({ guard: { hosts: ['proxy:443'] } }), '/status', { host });
    expect(response.status).toBe(403);
    expect(await errorOf(response)).toBe('forbidden_host');
  });

  it('follows the port on which the server ends up listening', async () => {
    let port = 0;
    const app = sampleApp({ guard: { port: () => port } });
    port = 7888;
    expect((await get(app, '/status', { host: '127.0.0.1:7888' })).status).toBe(200);
    expect((await get(app, '/status', { host: '127.0.0.1:7878' })).status).toBe(403);
  });
});

describe('a web page', () => {
  const marks: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:7878' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    { 'sec-fetch-site': 'anything new' },
    { origin: 'http://localhost:3000', upgrade: 'websocket', connection: 'upgrade' },
  ];

  it.each(marks)('that sends %j reaches nothing', async (mark) => {
    const app = sampleApp();
    for (const response of [
      await get(app, '/status', mark),
      await get(app, '/nothing', mark),
      await get(app, '/acquire', mark),
      await post(app, '/acquire', { holder: 'page' }, mark),
      await app.request('/acquire', { method: 'OPTIONS', headers: { host: 'localhost:7878', ...mark } }),
    ]) {
      expect(response.status).toBe(403);
      expect(await errorOf(response)).toBe('forbidden_origin');
    }
  });

  it('that sends the server’s own origin reaches /mcp only if it is not a page at all', async () => {
    const app = sampleApp({ mcp: async () => new Response('served') });
    const own = { origin: 'http://127.0.0.1:7878' };
    expect((await post(app, '/mcp', {}, own)).status).toBe(200);
    expect((await post(app, '/mcp', {}, { ...own, 'sec-fetch-site': 'same-origin' })).status).toBe(403);
    expect((await post(app, '/mcp', {}, { origin: 'http://localhost:7878' })).status).toBe(403);
    expect((await post(app, '/mcp', {}, { origin: 'null' })).status).toBe(403);
    expect((await post(app, '/acquire', { holder: 'a' }, own)).status).toBe(403);
  });

  it('is not confused with a person who types the address', async () => {
    expect((await get(sampleApp(), '/status', { 'sec-fetch-site': 'none' })).status).toBe(200);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
    '',
  ])('cannot post %j, which needs no preflight', async (type) => {
    const response = await post(sampleApp(), '/acquire', { holder: 'page' }, { 'content-type': type });
    expect(response.status).toBe(415);
    expect(await errorOf(response)).toBe('unsupported_media_type');
  });

  it('gets no header that would let it read an answer', async () => {
    const app = sampleApp();
    for (const response of [
      await get(app, '/status'),
      await get(app, '/x'),
      await post(app, '/acquire', '{'),
    ]) {
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('JSON', () => {
  it('may name its character set', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await post(sampleApp(), '/acquire', { holder: 'a' }, headers)).status).toBe(200);
  });

  it('is read up to a limit, whether or not its length was declared', async () => {
    const app = sampleApp({ bodyBytesMax: 100 });
    const large = { holder: 'a', filler: 'x'.repeat(100) };
    expect(await errorOf(post(app, '/acquire', large))).toBe('body_too_large');
    expect(await errorOf(post(app, '/acquire', large, { 'content-length': '130' }))).toBe('body_too_large');
    expect((await post(app, '/acquire', { holder: 'a' })).status).toBe(200);
  });

  it('that never ends is not read to its end', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1024;
        controller.enqueue(new Uint8Array(1024));
      },
    });
    const response = await sampleApp().request('/acquire', {
      method: 'POST',
      headers: { host: '127.0.0.1:7878', 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(response.headers.get('connection')).toBe('close');
    expect(sent).toBeLessThan(80 * 1024);
  });
});

describe('tokens', () => {
  it('are required for everything but the probes', async () => {
    const app = sampleApp({ guard: { apiToken: token } });
    const refused = await get(app, '/status');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await errorOf(refused)).toBe('unauthorized');
    expect((await get(app, '/healthz')).status).toBe(200);
    expect((await get(app, '/readyz')).status).toBe(200);
    expect((await get(app, '/status', bearer(token))).status).toBe(200);
    expect((await post(app, '/pool/add', { slot: 1 }, bearer(token))).status).toBe(200);
  });

  it('are compared as a whole', async () => {
    const app = sampleApp({ guard: { apiToken: token } });
    for (const wrong of [token.slice(1), `${token}x`, '', token.toUpperCase()]) {
      expect((await get(app, '/status', bearer(wrong))).status).toBe(401);
    }
    expect((await get(app, '/status', { authorization: token })).status).toBe(401);
    expect((await get(app, '/status', { authorization: `Basic ${token}` })).status).toBe(401);
  });

  it('for operators are separate from those for agents', async () => {
    const app = sampleApp({ guard: { apiToken: token, adminToken } });
    expect((await post(app, '/revoke', { slot: 0 }, bearer(token))).status).toBe(401);
    expect((await post(app, '/revoke', { slot: 0 }, bearer(adminToken))).status).toBe(200);
    expect((await get(app, '/status', bearer(adminToken))).status).toBe(200);
    const open = sampleApp({ guard: { adminToken } });
    expect((await get(open, '/status')).status).toBe(200);
    expect((await post(open, '/pool/remove', { slot: 0 })).status).toBe(401);
  });

  it('that are wrong too often are throttled, without locking out whoever has the right one', async () => {
    let nowMs = 0;
    const app = sampleApp({ guard: { apiToken: token, nowMs: () => nowMs } });
    const guess = () => get(app, '/status', bearer('not-the-right-token'));
    for (let tries = 0; tries < 20; tries++) expect((await guess()).status).toBe(401);
    const refused = await guess();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(await errorOf(refused)).toBe('too_many_attempts');
    expect((await get(app, '/status', bearer(token))).status).toBe(200);
    nowMs = 10_000;
    expect((await guess()).status).toBe(401);
  });

  it('that are short enough to guess are not accepted at all', () => {
    expect(() => sampleApp({ guard: { apiToken: 'short' } })).toThrow(/16 characters/);
  });

  it('are not asked for before a web page is refused', async () => {
    const response = await get(sampleApp({ guard: { apiToken: token } }), '/status', { origin: 'null' });
    expect(await errorOf(response)).toBe('forbidden_origin');
  });
});
