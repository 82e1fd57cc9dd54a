import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperationError } from '@escarp/transport';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';

describe('two holders on a pool of two', { tags: ['browser'], timeout: 60_000 }, () => {
  let home: TestHome;
  let daemon: RunningDaemon;
  let site: { url: string; close: () => void };

  beforeAll(async () => {
    site = await startSite();
    home = await makeTestHome(2);
    daemon = await home.start();
  });
  afterAll(async () => {
    site.close();
    await home.remove();
  });

  it('drive their slots over CDP and never see each other', async () => {
    const { client } = daemon;
    const [one, two] = await Promise.all([
      client.acquire({ holder: 'one', waitS: 20 }),
      client.acquire({ holder: 'two', waitS: 20 }),
    ]);
    expect(one.slot).not.toBe(two.slot);
    await writeAndRead(one.cdpWsUrl, site.url, 'one');
    expect(await readOnly(two.cdpWsUrl, site.url)).toEqual({ cookie: '', stored: null, pages: 1 });

    const third = await client.acquire({ holder: 'three' }).catch((error: unknown) => error);
    expect(third).toBeInstanceOf(OperationError);
    expect(third).toMatchObject({ code: 'pool_exhausted', status: 409 });

    const released = await client.release({ leaseToken: one.leaseToken });
    expect(released.state).toBe('free');
    const next = await client.acquire({ holder: 'next', slot: one.slot, waitS: 20 });
    expect(await readOnly(next.cdpWsUrl, site.url)).toEqual({ cookie: '', stored: null, pages: 1 });
    await client.release({ leaseToken: next.leaseToken });
    await client.release({ leaseToken: two.leaseToken });
  });

  it('says in the status who holds what and tells nobody else the address', async () => {
    const lease = await daemon.client.acquire({ holder: 'someone', waitS: 20, devPort: 3010 });
    const { slots } = await daemon.client.status();
    const held = slots.find(({ slot }) => slot === lease.slot);
    expect(held).toMatchObject({ holder: 'someone', devPort: 3010, state: 'leased', cdpWsUrl: null });
    expect(held?.pid).toBe(lease.pid);
    await daemon.client.release({ leaseToken: lease.leaseToken });
  });
});

async function writeAndRead(wsUrl: string | null, url: string, value: string): Promise<void> {
  const browser = await chromium.connectOverCDP(wsUrl ?? '', { noDefaults: true });
  const page = browser.contexts()[0]?.pages()[0];
  await page?.goto(url);
  await page?.evaluate((text) => {
    document.cookie = `held=${text}; max-age=1000`;
    localStorage.setItem('held', text);
  }, value);
  await browser.close();
}

async function readOnly(wsUrl: string | null, url: string) {
  const browser = await chromium.connectOverCDP(wsUrl ?? '', { noDefaults: true });
  const pages = browser.contexts().flatMap((context) => context.pages());
  await pages[0]?.goto(url);
  const found = await pages[0]?.evaluate(() => ({
    cookie: document.cookie,
    stored: localStorage.getItem('held'),
  }));
  await browser.close();
  return { ...found, pages: pages.length };
}

async function startSite(): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<p>hello</p>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server listening on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
