import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operations } from '@escarp/transport';
import { connectDevtools, createOwnSockets } from '@escarp/slot-pool';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asAgreed } from './as-agreed.js';
import type { EscarpHome, Json } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';
import { isAlive } from './is-alive.js';

const url = 'https://planted.example/';

/** Asks the browser itself, as its holder might. */
async function ask(wsUrl: unknown, method: string, params: Json = {}): Promise<Json> {
  const connection = await connectDevtools(String(wsUrl), { own: createOwnSockets(), callMs: 60_000 });
  return connection.send(method, params).finally(connection.close);
}

const plant = (wsUrl: unknown) =>
  ask(wsUrl, 'Storage.setCookies', { cookies: [{ name: 'held', value: 'by the one before', url }] });
const cookiesIn = async (wsUrl: unknown) => (await ask(wsUrl, 'Storage.getCookies'))['cookies'];

describe('pool remove', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(3, { ESCARP_POOL_SIZE: '2' });
    const { exitCode, stderr } = await home.run(['up']);
    if (exitCode !== 0) throw new Error(stderr);
  });
  afterAll(() => home.remove());

  const runningAt = async (cdpPort: unknown): Promise<unknown> => {
    const version = await fetch(`http://127.0.0.1:${String(cdpPort)}/json/version`);
    return ((await version.json()) as Json)['webSocketDebuggerUrl'];
  };

  it('with --keep-chrome leaves the browser of a free slot running, and says where', async () => {
    const { pid, cdp_port, cdp_ws_url } = await home.json(['pool', 'add', '2']);
    await plant(cdp_ws_url);
    const { stdout, exitCode } = await home.run(['pool', 'remove', '2', '--keep-chrome']);
    expect({ stdout, exitCode }).toEqual({
      stdout: `slot 2: removed\nChrome stays, pid ${String(pid)}, at http://127.0.0.1:${String(cdp_port)}; end it with kill ${String(pid)} or escarp down.`,
      exitCode: 0,
    });
    expect(isAlive(pid)).toBe(true);
    expect(await runningAt(cdp_port)).toBe(cdp_ws_url);
    expect(await cookiesIn(cdp_ws_url)).toMatchObject([{ name: 'held' }]);
    expect(await home.json(['status'])).toMatchObject({ pool_size: 2 });
  });

  it('never offers that browser again unchanged', async () => {
    const before = await runningAt(Number(home.env['ESCARP_CDP_BASE']) + 2);
    const added = await home.json(['pool', 'add', '2', '--no-launch']);
    expect(added).toMatchObject({ slot: 2, state: 'free' });
    expect(added['cdp_ws_url']).not.toBe(before);
    expect(await cookiesIn(added['cdp_ws_url'])).toEqual([]);
  });

  it('by force leaves it to its holder too, whose lease has ended', async () => {
    const lease = await home.json(['acquire', '--holder', 'ada', '--slot', '2']);
    await plant(lease['cdp_ws_url']);
    const removed = await home.json(['pool', 'remove', '2', '--force', '--keep-chrome']);
    const left = { removed: true, slot: 2, pid: lease['pid'], cdp_port: lease['cdp_port'] };
    expect(removed).toEqual(left);
    expect(await asAgreed(operations.poolRemove.output, removed)).toEqual(removed);
    expect(await home.run(['release', '--token', String(lease['lease_token'])])).toMatchObject({
      exitCode: 5,
    });
    expect(await cookiesIn(lease['cdp_ws_url'])).toMatchObject([{ name: 'held' }]);
  });

  it('does not offer it after a restart of the daemon either', async () => {
    const pid = Number((await home.json(['pool', 'add', '2']))['pid']);
    await plant(await runningAt(Number(home.env['ESCARP_CDP_BASE']) + 2));
    await home.json(['pool', 'remove', '2', '--keep-chrome']);
    await home.run(['daemon', 'stop']);
    const up = await home.json(['up', '--pool-size', '3']);
    const slot = (up['slots'] as Json[]).find((one) => one['slot'] === 2);
    expect(slot).toMatchObject({ state: 'free' });
    expect(slot?.['pid']).not.toBe(pid);
    expect(await cookiesIn(slot?.['cdp_ws_url'])).toEqual([]);
    expect(isAlive(pid)).toBe(false);
  });

  it('keeps the profile until the slot is launched again, with --keep-data and without', async () => {
    for (const more of [[], ['--keep-data']]) {
      const planted = join(home.path, 'profiles', 'autonomous', 'slot-2', 'planted');
      await writeFile(planted, 'by a holder');
      expect(await home.json(['pool', 'remove', '2', ...more])).toEqual({ removed: true, slot: 2 });
      expect(existsSync(planted)).toBe(true);
      await home.json(['pool', 'add', '2']);
      expect(existsSync(planted)).toBe(false);
    }
  });

  it('leaves it to down to end that browser', async () => {
    const { pid } = await home.json(['pool', 'remove', '2', '--keep-chrome']);
    expect(isAlive(pid)).toBe(true);
    expect(await home.json(['down'])).toEqual({ daemon_stopped: true, slots_stopped: [0, 1, 2] });
    expect(isAlive(pid)).toBe(false);
  });
});
