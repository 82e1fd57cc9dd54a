import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LeaseView } from '@escarp/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonChild } from './child-processes.js';
import { startDaemonChild } from './child-processes.js';
import type { TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { saveAtOnce } from './save-at-once.js';
import { until } from './until.js';

describe('a lease that may save its login anew', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: TestHome;
  let daemon: DaemonChild;
  let visits = 0;
  /** Called before a request is answered. */
  let onVisit = (): void => {};
  /** Signs everybody in, with another cookie at each visit: an update would never find what was saved before. */
  const site = createServer((_request, response) => {
    onVisit();
    visits += 1;
    response.setHeader('set-cookie', `sid=visit-${visits}`);
    response.setHeader('content-type', 'text/html').end('<link rel="icon" href="data:,">Signed in');
  });

  beforeAll(async () => {
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    home = await makeTestHome(1);
    daemon = await start();
    const { leaseToken } = await daemon.client.acquire({ holder: 'person', waitS: 60 });
    const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    const check = { checkUrl: url, checkText: 'Signed in' };
    await saveAtOnce(daemon.client, { leaseToken, name: 'shop', url, ...check });
    await daemon.client.release({ leaseToken });
  });
  afterAll(async () => {
    await daemon.end();
    site.closeAllConnections();
    site.close();
    await home.remove();
  });

  it('does so when it is released', async () => {
    const before = sealed();
    const { leaseToken } = await acquire();
    await daemon.client.release({ leaseToken });
    expect(sealed().equals(before)).toBe(false);
  });

  it('does not when it is revoked', async () => {
    const before = sealed();
    const { slot } = await acquire();
    await daemon.client.revoke({ slot });
    await untilFree();
    expect(sealed().equals(before)).toBe(true);
  });

  it('does not when it expires', async () => {
    const before = sealed();
    await acquire(1);
    await untilFree();
    expect((await daemon.client.reaped()).reaped).toMatchObject([{ holder: 'agent' }]);
    expect(sealed().equals(before)).toBe(true);
  });

  it('does not when it expires after the daemon was killed under it', async () => {
    const before = sealed();
    await acquire(1);
    await daemon.end('SIGKILL');
    daemon = await start();
    await untilFree();
    expect(sealed().equals(before)).toBe(true);
  });

  it('does not when its release is cut short by the end of the daemon', async () => {
    const before = sealed();
    const { leaseToken } = await acquire();
    // The site is asked whether it is signed in before anything is captured.
    onVisit = () => daemon.signal('SIGKILL');
    await daemon.client.release({ leaseToken }).catch(() => {});
    onVisit = () => {};
    await daemon.end();
    daemon = await start();
    await untilFree();
    expect(await daemon.client.login({ name: 'shop' })).toMatchObject({ version: 2, status: 'ready' });
    expect(sealed().equals(before)).toBe(true);
  });

  function start(): Promise<DaemonChild> {
    return startDaemonChild(home, { XDG_CONFIG_HOME: join(home.path, 'config') });
  }

  function acquire(ttlS?: number): Promise<LeaseView> {
    const request = { holder: 'agent', login: 'shop', updateLogin: true, waitS: 60 };
    return daemon.client.acquire(ttlS === undefined ? request : { ...request, ttlS });
  }

  function untilFree(): Promise<boolean> {
    return until(async () => (await daemon.client.status()).slots[0]?.state === 'free');
  }

  function sealed(): Buffer {
    return readFileSync(join(home.path, 'logins', 'shop.age'));
  }
});
