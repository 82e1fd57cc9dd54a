import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connectDevtools, createOwnSockets, defaultLimits } from '@escarp/slot-pool';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attach } from './live-page.js';
import { processesOfType } from './slot-census.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { freeAllSlots, makeTestHome } from './start-test-daemon.js';
import { errorOf, until } from './until.js';

describe('a browser under its holder', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: TestHome;
  let daemon: RunningDaemon;

  // Each test has a daemon of its own, which knows nothing of the failures before, and adopts the browser of the last one.
  beforeAll(async () => {
    home = await makeTestHome(1, { ESCARP_RESET: 'tabs' });
  });
  beforeEach(async () => {
    daemon = await home.start();
    await freeAllSlots(daemon.client);
  });
  afterEach(() => daemon.close());
  afterAll(() => home.remove());

  /** A DevTools command to the browser itself. */
  const tell = async (wsUrl: string | null, method: string): Promise<void> => {
    const connection = await connectDevtools(wsUrl ?? '', { own: createOwnSockets(), callMs: 60_000 });
    await connection.send(method, {}).catch(() => {});
    connection.close();
  };

  const freeSlot = () =>
    until(async () => {
      const [slot] = (await daemon.client.status()).slots;
      return slot?.state === 'free' && slot;
    });

  it.each([
    ['is killed', (pid: number) => process.kill(pid, 'SIGKILL')],
    ['is stopped', (pid: number) => process.kill(pid, 'SIGSTOP')],
    ['is closed by its client', (_: number, wsUrl: string | null) => tell(wsUrl, 'Browser.close')],
  ])('that %s is replaced on its port while the lease stays', async (_, fault) => {
    const lease = await daemon.client.acquire({ holder: 'agent', waitS: 60 });
    await fault(lease.pid ?? 0, lease.cdpWsUrl);
    const renewed = await until(async () => {
      const view = await daemon.client.heartbeat({ leaseToken: lease.leaseToken });
      return view.pid !== null && view.pid !== lease.pid && view;
    });
    expect(renewed).toMatchObject({
      state: 'leased',
      fence: lease.fence,
      cdpPort: lease.cdpPort,
      relaunchedAt: expect.any(Number),
      lastError: expect.any(String),
    });
    expect(renewed.cdpWsUrl).not.toBe(lease.cdpWsUrl);
    const { browser, page } = await attach(renewed.cdpWsUrl);
    await page.setContent('<p>back</p>');
    await browser.close();
    await daemon.client.release({ leaseToken: lease.leaseToken });
  });

  it('whose last page is closed has a page again', async () => {
    const lease = await daemon.client.acquire({ holder: 'agent', waitS: 60 });
    const { browser, page } = await attach(lease.cdpWsUrl);
    await page.close();
    await browser.close();
    await until(async () => {
      const again = await attach(lease.cdpWsUrl).catch(() => undefined);
      await again?.browser.close();
      return again !== undefined;
    });
    expect(await daemon.client.heartbeat({ leaseToken: lease.leaseToken })).toMatchObject({
      state: 'leased',
    });
  });

  it('that nobody holds is replaced too, and offered again', async () => {
    const { pid } = await freeSlot();
    process.kill(pid ?? 0, 'SIGKILL');
    const again = await until(async () => {
      const slot = await freeSlot();
      return slot.pid !== pid && slot;
    });
    expect(again.pid).not.toBeNull();
    expect((await daemon.client.acquire({ holder: 'a' })).pid).toBe(again.pid);
  });

  it.each([
    ['is killed', 'SIGKILL'],
    ['is stopped', 'SIGSTOP'],
  ] as const)('of which a page’s process %s while nobody holds it is replaced', async (_, signal) => {
    const { pid, cdpPort } = await freeSlot();
    await pageRuns(cdpPort);
    for (const renderer of await processesOfType(home.path, 0, 'renderer')) process.kill(renderer, signal);
    await until(async () => (await freeSlot()).pid !== pid);
    const lease = await daemon.client.acquire({ holder: 'a' });
    const { browser, page } = await attach(lease.cdpWsUrl);
    await page.setContent('<p>alive</p>');
    expect(await page.textContent('p')).toBe('alive');
    await browser.close();
  });

  it('in which a page’s process is killed is left to its holder', async () => {
    const lease = await daemon.client.acquire({ holder: 'agent', waitS: 60 });
    const { browser, page } = await attach(lease.cdpWsUrl);
    const crashed = new Promise((resolve) => page.once('crash', resolve));
    for (const renderer of await processesOfType(home.path, 0, 'renderer')) process.kill(renderer, 'SIGKILL');
    await crashed;
    // Longer than the pause between two looks at a browser that nobody holds.
    const looked = performance.now() + 2 * defaultLimits.freeTickMs;
    await until(() => performance.now() > looked);
    expect(await daemon.client.heartbeat({ leaseToken: lease.leaseToken })).toMatchObject({
      pid: lease.pid,
      relaunchedAt: null,
    });
    expect(browser.isConnected()).toBe(true);
    await browser.close();
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'that got %s a moment before it was granted is replaced before its holder hears of it',
    async (signal) => {
      const { pid } = await freeSlot();
      process.kill(pid ?? 0, signal);
      // The daemon, which is in this process, gets hardly a chance to notice before it is asked.
      while (runs(pid ?? 0));
      const lease = await daemon.client.acquire({ holder: 'a', waitS: 60 });
      expect(lease.pid).not.toBe(pid);
      const { browser } = await attach(lease.cdpWsUrl);
      await browser.close();
    },
  );

  it('in which a page’s process was killed while no daemon ran is replaced before it is offered', async () => {
    const { pid, cdpPort } = await freeSlot();
    await pageRuns(cdpPort);
    await daemon.close();
    for (const renderer of await processesOfType(home.path, 0, 'renderer')) process.kill(renderer, 'SIGKILL');
    daemon = await home.start();
    expect((await freeSlot()).pid).not.toBe(pid);
  });

  it('whose port a stranger has taken is not forced onto it', async () => {
    const [slot] = (
      await until(async () => {
        const { slots } = await daemon.client.status();
        return slots[0]?.state === 'free' && { slots };
      })
    ).slots;
    await daemon.close();
    process.kill(slot?.pid ?? 0, 'SIGKILL');
    const stranger = createServer((_, response) => response.end('mine'));
    const port = slot?.cdpPort ?? 0;
    await until(
      () =>
        new Promise<boolean>((resolve) => {
          stranger.once('error', () => resolve(false));
          stranger.listen(port, '127.0.0.1', () => resolve(true));
        }),
    );
    daemon = await home.start();
    const quarantined = await until(async () => {
      const [view] = (await daemon.client.status()).slots;
      return view?.state === 'quarantined' && view;
    });
    expect(quarantined.lastError).toContain(`process ${process.pid}`);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('mine');
    expect(await errorOf(daemon.client.acquire({ holder: 'a', waitS: 0 }))).toMatchObject({
      code: 'no_slot_available',
      message: expect.stringContaining('Slot 0 is '),
    });
    stranger.close();
    stranger.closeAllConnections();
    expect(await daemon.client.acquire({ holder: 'a', waitS: 90 })).toMatchObject({ cdpPort: port });
  });
});

/** Linux only: whether the process with all its threads is neither stopped nor gone. */
function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] !== 'T' && !(fields[0] === 'Z' && fields[17] === '1');
  } catch {
    return false;
  }
}

/** The page of a browser that has just started may have no process of its own yet. */
async function pageRuns(cdpPort: number): Promise<void> {
  const { browser, page } = await attach(`http://127.0.0.1:${cdpPort}`);
  await page.evaluate('1');
  await browser.close();
}
