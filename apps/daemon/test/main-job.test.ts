import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Site } from './live-page.js';
import { attach, findTraces, noTraces, plant, startSite } from './live-page.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { errorOf } from './until.js';

describe('two holders on a pool of two', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: TestHome;
  let daemon: RunningDaemon;
  let site: Site;

  beforeAll(async () => {
    site = await startSite();
    home = await makeTestHome(2);
    daemon = await home.start();
  });
  afterAll(async () => {
    site.close();
    await home.remove();
  });

  afterEach(async () => {
    const { slots } = await daemon.client.status();
    await Promise.all(slots.map(({ slot }) => daemon.client.revoke({ slot })));
  });

  it('drive their slots at once and never see each other, nor what the last holder left', async () => {
    const { client } = daemon;
    const [one, two] = await Promise.all([
      client.acquire({ holder: 'one', waitS: 60 }),
      client.acquire({ holder: 'two', waitS: 60 }),
    ]);
    expect(one.slot).not.toBe(two.slot);
    const leave = await plant(one.cdpWsUrl, site, 'one');
    expect(await findTraces(two.cdpWsUrl, site)).toEqual(noTraces);
    expect(await errorOf(client.acquire({ holder: 'three' }))).toMatchObject({
      code: 'pool_exhausted',
      status: 409,
    });
    expect(await client.release({ leaseToken: one.leaseToken })).toMatchObject({ state: 'free' });
    const next = await client.acquire({ holder: 'next', slot: one.slot, waitS: 60 });
    expect(await findTraces(next.cdpWsUrl, site)).toEqual(noTraces);
    await leave();
    await client.release({ leaseToken: next.leaseToken });
    await client.release({ leaseToken: two.leaseToken });
  });

  it('would be seen to have left something if a slot were not reset', async () => {
    const { client } = daemon;
    const lease = await client.acquire({ holder: 'one', waitS: 60 });
    const leave = await plant(lease.cdpWsUrl, site, 'one');
    const traces = await findTraces(lease.cdpWsUrl, site);
    // What belongs to the planting tab alone is visible nowhere else.
    const { session: _, ...shown } = noTraces;
    expect(
      Object.entries(shown).filter(([kind, clean]) => traces[kind as keyof typeof shown] === clean),
    ).toEqual([]);
    await leave();
    await client.release({ leaseToken: lease.leaseToken });
  });

  it('do not cut each other off, and one that stays connected is cut off at the end of its lease', async () => {
    const { client } = daemon;
    const lease = await client.acquire({ holder: 'stays', waitS: 60 });
    const { browser } = await attach(lease.cdpWsUrl);
    const cut = new Promise((resolve) => browser.once('disconnected', resolve));
    await client.release({ leaseToken: lease.leaseToken });
    await cut;
    await expect(chromium.connectOverCDP(lease.cdpWsUrl ?? '')).rejects.toThrow('connect');
  });

  // Nothing here is about what the next holder finds.
  describe('whose browsers are kept between leases', () => {
    beforeAll(async () => {
      await daemon.close();
      daemon = await home.start({ settings: { ...home.settings, reset: 'tabs' } });
    });

    it('are shown in the status by name, and nobody else learns their address', async () => {
      const lease = await daemon.client.acquire({ holder: 'someone', waitS: 60, devPort: 3010 });
      const { slots } = await daemon.client.status();
      const held = slots.find(({ slot }) => slot === lease.slot);
      expect(held).toMatchObject({ holder: 'someone', devPort: 3010, state: 'leased', cdpWsUrl: null });
      expect(held?.pid).toBe(lease.pid);
      await daemon.client.release({ leaseToken: lease.leaseToken });
    });

    it('hand over a page as it is, under a new fence', async () => {
      const { client } = daemon;
      const giver = await client.acquire({ holder: 'giver', waitS: 60 });
      const given = await attach(giver.cdpWsUrl);
      await given.page.goto(`${site.url}/half-filled`);
      await given.page.evaluate(() => sessionStorage.setItem('draft', 'half a letter'));
      const { handoff } = await client.handoff({ leaseToken: giver.leaseToken, to: 'taker' });
      const taker = await client.acquire({ holder: 'taker', handoff });
      expect(taker).toMatchObject({ slot: giver.slot, pid: giver.pid });
      expect(taker.fence).toBeGreaterThan(giver.fence ?? Infinity);
      await given.browser.close();
      const taken = await attach(taker.cdpWsUrl);
      expect(taken.page.url()).toBe(`${site.url}/half-filled`);
      expect(await taken.page.evaluate(() => sessionStorage.getItem('draft'))).toBe('half a letter');
      await taken.browser.close();
      expect(await errorOf(client.heartbeat({ leaseToken: giver.leaseToken }))).toMatchObject({
        code: 'lease_ended',
      });
      await client.release({ leaseToken: taker.leaseToken });
    });

    it('get another slot when one is added, and are not affected by one that cannot be added', async () => {
      const { client } = daemon;
      const lease = await client.acquire({ holder: 'one', waitS: 60 });
      expect(await client.poolAdd({ slot: 2 })).toMatchObject({ slot: 2, state: 'free' });
      expect(await client.acquire({ holder: 'three', slot: 2 })).toMatchObject({ slot: 2 });
      await client.poolRemove({ slot: 2, force: true });
      expect(await client.heartbeat({ leaseToken: lease.leaseToken })).toMatchObject({ pid: lease.pid });
      await client.release({ leaseToken: lease.leaseToken });
    });
  });
});
