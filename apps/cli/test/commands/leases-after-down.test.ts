import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';

describe('a lease when the pool is taken down', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeAll(async () => void (home = await makeEscarpHome(1)));
  afterAll(() => home.remove());

  it.each([
    ['down', '--force'],
    ['daemon', 'stop', '--kill-pool', '--force'],
  ])(
    'has ended, and is so after the pool is up again: escarp %s %s',
    async (...command) => {
      await home.json(['up']);
      const lease = await home.json(['acquire', '--holder', 'former']);
      expect((await home.run(command)).stdout).toContain('Ended 1 lease.');
      const { slots, url } = await home.json(['up']);
      expect((slots as Json[]).map(({ state, holder }) => ({ state, holder }))).toEqual([
        { state: 'free', holder: null },
      ]);
      const response = await fetch(`${String(url)}/heartbeat`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ lease_token: lease['lease_token'] }),
      });
      expect([response.status, await response.json()]).toMatchObject([
        410,
        { error: 'lease_ended', details: { how: 'revoked' } },
      ]);
    },
    120_000,
  );
});
