import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesWith } from '@escarp/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonChild } from './child-processes.js';
import { startDaemonChild } from './child-processes.js';
import type { TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { saveAtOnce } from './save-at-once.js';
import { isOutsideProfiles } from './save-login.js';

const canary = 'canary-8be41c77';
const stopping = fileURLToPath(new URL('stop-at-write.mjs', import.meta.url));

describe('a daemon that is killed while a login is saved', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: TestHome;
  let leaseToken: string;
  let daemon: DaemonChild;
  /** At which it will be stopped. */
  let armedFor = 'visit';
  let version = 0;
  /** Told of each request for a page of the site. */
  let onVisit = (): void => {};
  const site = createServer((request, response) => {
    if (request.url === '/') onVisit();
    response.setHeader('set-cookie', `sid=${canary}; HttpOnly`);
    response.setHeader('content-type', 'text/html').end('<link rel="icon" href="data:,">Hello');
  });

  beforeAll(async () => {
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    home = await makeTestHome(1, { ESCARP_LEASE_TTL_S: '600' });
    await start(armedFor);
    ({ leaseToken } = await daemon.client.acquire({ holder: 'person', waitS: 60 }));
    await save();
  });
  afterAll(async () => {
    await daemon.end();
    site.closeAllConnections();
    site.close();
    await home.remove();
  });

  const points = ['visit', 'create', 'write', 'sync', 'rename', 'renamed'];

  // The daemon that comes after one that was stopped is the next to be stopped.
  it.each(points)(
    'leaves at "%s" the old file to the byte or the new one whole, and nothing else',
    async (point) => {
      const before = sealed();
      if (armedFor !== point) await restart(point);
      onVisit = () => point === 'visit' && daemon.signal('SIGKILL');
      await save().then(
        () => expect.unreachable('It was not stopped.'),
        () => {},
      );
      onVisit = () => {};
      expect(sealed().equals(before)).toBe(point !== 'renamed');
      await restart(points[points.indexOf(point) + 1] ?? 'nowhere');
      version += point === 'renamed' ? 1 : 0;
      expect(await daemon.client.login({ name: 'shop' })).toMatchObject({ version, status: 'ready' });
      expect(readdirSync(join(home.path, 'logins'))).toEqual(['shop.age']);
      expect(await filesWith([canary], home.path, isOutsideProfiles)).toEqual([]);
    },
  );

  async function restart(point: string): Promise<void> {
    await daemon.end();
    await start(point);
  }

  async function start(point: string): Promise<void> {
    armedFor = point;
    daemon = await startDaemonChild(home, {
      NODE_OPTIONS: `--import ${stopping}`,
      ESCARP_TEST_STOP_AT: point,
      XDG_CONFIG_HOME: join(home.path, 'config'),
    });
  }

  async function save(): Promise<void> {
    const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    ({ version } = await saveAtOnce(daemon.client, { leaseToken, name: 'shop', url }));
  }

  function sealed(): Buffer {
    return readFileSync(join(home.path, 'logins', 'shop.age'));
  }
});
