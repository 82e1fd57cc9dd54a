import { connectDevtools, createOwnSockets } from '@escarp/slot-pool';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { freeAllSlots, makeTestHome } from './start-test-daemon.js';
import { until } from './until.js';

/** More than the failures in a row after which a slot is quarantined. */
const often = [1, 2, 3, 4];

/** Tabs with a long address. Each takes a process of its own, so that only the long form opens many. */
const longAddresses = process.env['ESCARP_LONG'] === '1' ? 40 : 4;

describe('a browser that is ended on purpose', { tags: ['browser'], timeout: 240_000 }, () => {
  let home: TestHome;
  let daemon: RunningDaemon;

  // Each test has a daemon of its own, which knows nothing of the ends before, and adopts the browser of the last one.
  beforeAll(async () => {
    home = await makeTestHome(1, { ESCARP_RESET: 'tabs' });
  });
  beforeEach(async () => {
    home.logLines.length = 0;
    daemon = await home.start();
    await freeAllSlots(daemon.client);
  });
  afterEach(() => daemon.close());
  afterAll(() => home.remove());

  const acquire = () => daemon.client.acquire({ holder: 'agent', waitS: 60, ttlS: 300 });

  const wasQuarantined = (): boolean => home.logLines.some((line) => line.includes('did not come up'));

  async function command(wsUrl: string | null, method: string, params = {}): Promise<void> {
    const connection = await connectDevtools(wsUrl ?? '', { own: createOwnSockets(), callMs: 60_000 });
    await connection.send(method, params).catch(() => {});
    connection.close();
  }

  it('by its holder at the end of each lease never puts the slot into quarantine', async () => {
    for (const _ of often) {
      const lease = await acquire();
      // What Puppeteer's browser.close() sends.
      await command(lease.cdpWsUrl, 'Browser.close');
      await until(async () => {
        const [slot] = (await daemon.client.status()).slots;
        expect(slot?.state).not.toBe('quarantined');
        return slot?.relaunchedAt !== null && slot?.pid !== lease.pid;
      });
      await daemon.client.release({ leaseToken: lease.leaseToken });
    }
    expect(wasQuarantined()).toBe(false);
  });

  it('by its holder again and again does not cost the lease', async () => {
    const lease = await acquire();
    let { cdpWsUrl, pid } = lease;
    for (const _ of often) {
      await command(cdpWsUrl, 'Browser.close');
      const view = await until(async () => {
        const now = await daemon.client.heartbeat({ leaseToken: lease.leaseToken });
        return now.pid !== null && now.pid !== pid && now;
      });
      expect(view.lastError).toContain('The browser was closed.');
      ({ cdpWsUrl, pid } = view);
    }
  });

  it('with the whole pool comes up free, however often the pool is taken down and up', async () => {
    for (const _ of often) {
      await until(async () => {
        const [slot] = (await daemon.client.status()).slots;
        expect(slot?.state).not.toBe('quarantined');
        return slot?.state === 'free';
      });
      await daemon.close();
      await home.stopBrowsers();
      daemon = await home.start();
    }
  });

  it('before a restart leaves its next holder more than one loss', async () => {
    for (const _ of [1, 2]) {
      const { leaseToken, pid } = await acquire();
      process.kill(pid ?? 0, 'SIGKILL');
      await until(async () => (await daemon.client.heartbeat({ leaseToken })).pid !== pid);
      await daemon.close();
      daemon = await home.start();
      await daemon.client.release({ leaseToken, noWait: true });
    }
    const lease = await acquire();
    process.kill(lease.pid ?? 0, 'SIGKILL');
    const { leaseToken } = lease;
    const renewed = await until(async () => {
      const view = await daemon.client.heartbeat({ leaseToken });
      return view.pid !== null && view.pid !== lease.pid && view;
    });
    expect(renewed).toMatchObject({ state: 'leased', fence: lease.fence });
  });

  it('is not confused with a long list of addresses: a holder keeps that browser over a restart', async () => {
    const lease = await acquire();
    const holder = await connectDevtools(lease.cdpWsUrl ?? '', { own: createOwnSockets(), callMs: 60_000 });
    const url = `data:text/html,${'x'.repeat(150_000)}`;
    for (let tab = 0; tab < longAddresses; tab += 1) await holder.send('Target.createTarget', { url });
    await daemon.close();
    daemon = await home.start();
    const view = await daemon.client.heartbeat({ leaseToken: lease.leaseToken });
    expect(view).toMatchObject({ pid: lease.pid, relaunchedAt: null, state: 'leased' });
    expect(view.cdpTargetId).not.toBeNull();
    expect(await holder.send('Browser.getVersion')).toHaveProperty('product');
    holder.close();
  });
});
