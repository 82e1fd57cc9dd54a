import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';
import { displayServers } from '../src/display-servers.js';
import { upOnDisplays } from '../src/up-on-displays.js';

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
    expect(await addresses()).toEqual(before);
  });

  it('stay when a slot is reset, and with it its window', async () => {
    const servers = await displayServers(home);
    const before = await addresses();
    const { body } = await home.post('/acquire', { holder: 'me', slot: 0 });
    await home.post('/release', { lease_token: body['lease_token'] });
    expect(await displayServers(home)).toEqual(servers);
    expect(await addresses()).toEqual(before);
  });

  it('go with their slot, and with the pool', async () => {
    const [kept] = await displayServers(home);
    expect((await home.escarp('pool', 'remove', '1')).exitCode).toBe(0);
    expect(await displayServers(home)).toEqual([kept]);
    expect((await home.escarp('down')).exitCode).toBe(0);
    expect(await displayServers(home)).toEqual([]);
  });
});
