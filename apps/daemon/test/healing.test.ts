import { createServer } from 'node:http';
import { connectDevtools, createOwnSockets } from '@escarp/slot-pool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attach } from './live-page.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { errorOf, until } from './until.js';

describe('a browser under its holder', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: TestHome;
  let daemon: RunningDaemon;

  beforeEach(async () => {
    home = await makeTestHome(1);
    daemon = await home.start();
  });
  afterEach(() => home.remove());

  /** Command of DevTools to the browser itself. */
  const tell = async (wsUrl: string | null, method: string): Promise<void> => {
    const connection = await connectDevtools(wsUrl ?? '', { own: createOwnSockets(), callMs: 5_000 });
    await connection.send(method, {}).catch(() => {});
    connection.close();
  };

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
    const free = () =>
      until(async () => {
        const [slot] = (await daemon.client.status()).slots;
        return slot?.state === 'free' && slot;
      });
    const { pid } = await free();
    process.kill(pid ?? 0, 'SIGKILL');
    const again = await until(async () => {
      const slot = await free();
      return slot.pid !== pid && slot;
    });
    expect(again.pid).not.toBeNull();
    expect((await daemon.client.acquire({ holder: 'a' })).pid).toBe(again.pid);
  });

  it('whose port a stranger has taken is not forced on it', async () => {
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
      code: 'pool_exhausted',
    });
    stranger.close();
    stranger.closeAllConnections();
    expect(await daemon.client.acquire({ holder: 'a', waitS: 90 })).toMatchObject({ cdpPort: port });
  });
});
