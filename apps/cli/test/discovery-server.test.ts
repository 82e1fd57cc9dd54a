import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DiscoveryServer } from '../src/discovery-server.js';
import { startDiscoveryServer } from '../src/discovery-server.js';

describe('the address that leases at the first request', () => {
  let server: DiscoveryServer;
  let uses: number;

  beforeEach(async () => {
    uses = 0;
    const use = (): Promise<never> => {
      uses += 1;
      return Promise.reject(new Error('no browser in this test'));
    };
    server = await startDiscoveryServer(use, () => {});
  });
  afterEach(() => server.close());

  const ask = async (headers: Record<string, string>, method = 'GET'): Promise<number | undefined> => {
    const sent = request(`${server.url}/json/version`, { headers, method, agent: false }).end();
    const [response]: IncomingMessage[] = await once(sent, 'response');
    response?.resume();
    return response?.statusCode;
  };

  it.each([
    ['a page', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['an image in a page', { 'sec-fetch-site': 'cross-site' }],
    ['a page of this very address', { 'sec-fetch-site': 'same-origin' }],
    [
      'an old browser, which adds nothing',
      { 'user-agent': 'Mozilla/5.0 (Macintosh) Version/16.0 Safari/605.1' },
    ],
    ['a name that was rebound', { host: 'rebound.example' }],
  ])('takes no lease for %s', async (_, headers) => {
    expect(await ask(headers)).toBe(403);
    expect(uses).toBe(0);
  });

  it('leases for a client, and for nothing but a GET', async () => {
    expect(await ask({}, 'POST')).toBe(404);
    expect(uses).toBe(0);
    expect(await ask({ 'user-agent': 'Playwright/1.65' })).toBe(500);
    expect(uses).toBe(1);
  });
});
