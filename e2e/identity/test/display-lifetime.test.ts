import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';
import { displayServers } from '../src/display-servers.js';
import { upOnDisplays } from '../src/up-on-displays.js';

/** A display and what opens it: who serves it, and with which cookie. */
interface Served {
  readonly server: number | undefined;
  readonly cookie: string;
}

describe('the displays of a pool', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: EscarpHome;

  beforeAll(async () => {
    home = await makeEscarpHome(2);
    await upOnDisplays(home);
  }, 120_000);

  afterAll(async () => home.remove(), 120_000);

  const addresses = async (): Promise<Json[]> =>
    (await home.status()).slots.map(({ pid, display, os_window_id }) => ({ pid, display, os_window_id }));

  it('survive a daemon that is killed, and are adopted by the next one', async () => {
    const servers = await displayServers(home);
    expect(servers).toHaveLength(2);
    const before = await addresses();
    const { pid }: { pid: number } = JSON.parse(await readFile(join(home.path, 'daemon.json'), 'utf8'));
    process.kill(pid, 'SIGKILL');
    expect((await home.escarp('up')).exitCode).toBe(0);
    expect(await displayServers(home)).toEqual(servers);
    await expect.poll(addresses).toEqual(before);
  });

  it('are made anew for the next holder, with the same identity, and by default', async () => {
    const before = await served(home);
    const lease = await acquire(home);
    expect(lease).toMatchObject({ reset_policy: 'recycle' });
    await home.post('/release', { lease_token: lease['lease_token'] });
    expect(isAnew(await served(home), before)).toBe(true);
    const next = await acquire(home);
    for (const field of ['display', 'display_authority', 'wm_class', 'cdp_port'])
      expect(next[field]).toBe(lease[field]);
    await home.post('/release', { lease_token: next['lease_token'] });
  });

  it('are kept when a browser is lost under its holder', async () => {
    const lease = await acquire(home);
    const before = await served(home);
    await during(home, ['resource-restarted'], () => process.kill(Number(lease['pid']), 'SIGKILL'));
    expect(await served(home)).toEqual(before);
    await home.post('/release', { lease_token: lease['lease_token'] });
  });

  it('come back under the holder whose display died, who finds it where it was', async () => {
    const lease = await acquire(home);
    const before = await served(home);
    await during(home, ['resource-restarted'], () => process.kill(Number(before.server), 'SIGKILL'));
    expect(isAnew(await served(home), before)).toBe(true);
    const { body } = await home.post('/heartbeat', { lease_token: lease['lease_token'] });
    for (const field of ['display', 'display_authority']) expect(body[field]).toBe(lease[field]);
    await home.post('/release', { lease_token: lease['lease_token'] });
  });

  it.each(['browser', 'display server'])(
    'are made anew when a %s was lost between holders',
    async (which) => {
      const before = await served(home);
      const [slot] = (await home.status()).slots;
      const pid = Number(which === 'browser' ? slot?.['pid'] : before.server);
      await during(home, ['resource-starting', 'resource-free'], () => process.kill(pid, 'SIGKILL'));
      expect(isAnew(await served(home), before)).toBe(true);
    },
  );

  it('go with their slot, and with the pool', async () => {
    const [kept] = await displayServers(home);
    expect((await home.escarp('pool', 'remove', '1')).exitCode).toBe(0);
    expect(await displayServers(home)).toEqual([kept]);
    expect((await home.escarp('down')).exitCode).toBe(0);
    expect(await displayServers(home)).toEqual([]);
  });
});

describe('a display that a reset in place would keep', { tags: ['browser'], timeout: 120_000 }, () => {
  it('is made anew when that reset turns into a recycle', async () => {
    const home = await makeEscarpHome(1, { ESCARP_RESET: 'storage' });
    try {
      await upOnDisplays(home);
      const before = await served(home);
      const quiet = await acquire(home);
      await home.post('/release', { lease_token: quiet['lease_token'] });
      expect(await served(home)).toEqual(before);
      const lease = await acquire(home);
      const former = await chromium.connectOverCDP(String(lease['cdp_ws_url']), { noDefaults: true });
      await home.post('/release', { lease_token: lease['lease_token'] });
      expect(isAnew(await served(home), before)).toBe(true);
      await former.close();
    } finally {
      await home.remove();
    }
  });
});

async function acquire(home: EscarpHome): Promise<Json> {
  const { status, body } = await home.post('/acquire', { holder: 'me', slot: 0 });
  expect(status).toBe(200);
  return body;
}

async function served(home: EscarpHome): Promise<Served> {
  const [server] = await displayServers(home);
  const cookie = await readFile(join(home.path, 'run', 'display-0.xauth'));
  return { server, cookie: cookie.toString('hex') };
}

/** Whether another server with another cookie serves now. */
function isAnew(now: Served, before: Served): boolean {
  return now.server !== undefined && now.server !== before.server && now.cookie !== before.cookie;
}

/** Does something to slot 0 and waits until these events have followed, in this order. */
async function during(home: EscarpHome, types: readonly string[], work: () => void): Promise<void> {
  const journal = await home.journal();
  work();
  let last: Json | undefined;
  for (const type of types) last = await journal.until({ type }, last);
}
