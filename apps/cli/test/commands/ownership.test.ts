import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '@escarp/test-support';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EscarpHome, Json } from './escarp-home.js';
import { makeEscarpHome, untilPrinted } from './escarp-home.js';
import { isAlive } from './is-alive.js';

const lost = 'state_directory_lost';
const segment = 'journal/000000000000000.log';
/** Of the folder that are lost. In short, the journal's folder is lost as its segment is. */
const parts = process.env['ESCARP_LONG'] === '1' ? ['locks', 'journal', segment] : ['locks', segment];

describe('a state directory that changes under its daemon', { tags: ['browser'], timeout: 180_000 }, () => {
  let home: EscarpHome;
  let daemon: { pid: number; url: string };
  let lease: Json;
  let aside: string;

  const make = async (): Promise<void> => {
    home = await makeEscarpHome(2, { ESCARP_POOL_SIZE: '1' });
    aside = `${home.path}-aside`;
  };
  /** A pool that runs, with a lease. */
  const lend = async (): Promise<void> => {
    await home.run(['up']);
    daemon = JSON.parse(await readFile(join(home.path, 'daemon.json'), 'utf8')) as typeof daemon;
    lease = await home.post('/acquire', { holder: 'agent', ttl_s: 3600, wait_s: 60 });
  };

  const ended = (pid: unknown) => vi.waitUntil(() => !isAlive(pid), { timeout: 60_000 });
  const ready = async () => (await fetch(`${daemon.url}/readyz`)).json() as Promise<Json>;
  const release = async () => {
    const body = JSON.stringify({ lease_token: lease['lease_token'] });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${daemon.url}/release`, { method: 'POST', headers, body });
    return (await answer.json()) as Json;
  };
  const renewed = async () => {
    const body = JSON.stringify({ lease_token: lease['lease_token'] });
    const headers = { 'content-type': 'application/json' };
    return (
      await fetch(`${daemon.url}/heartbeat`, { method: 'POST', headers, body })
    ).json() as Promise<Json>;
  };

  /** Nobody else gets the browser, whatever a user tries next, and its holder keeps it. */
  const expectHeld = async (env: Record<string, string> = {}) => {
    await home.run(['up'], env);
    const other = await home.json(['acquire', '--holder', 'other'], env);
    expect(other['pid'] ?? 'none').not.toBe(lease['pid']);
    expect(other['cdp_ws_url'] ?? 'none').not.toBe(lease['cdp_ws_url']);
    expect(isAlive(lease['pid'])).toBe(true);
    expect(await renewed()).toMatchObject({ state: 'leased', pid: lease['pid'] });
  };

  describe('whose pool does not outlive the test', () => {
    beforeEach(async () => {
      await make();
      await lend();
    });
    afterEach(async () => {
      for (const pid of [daemon.pid, Number(lease['pid'])]) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      await ended(lease['pid']);
      await rm(aside, { recursive: true, force: true });
      await home.remove();
    });

    it('by being moved leaves a browser in use alone, even if the new pool has other ports', async () => {
      await rename(home.path, aside);
      const env = { ESCARP_CDP_BASE: String(await freePorts(1)) };
      await expectHeld(env);
      const lastErrors = async () => {
        const { slots } = (await home.json(['status'], env)) as { slots: Json[] };
        return slots.map(({ last_error: error }) => String(error));
      };
      const told = [expect.stringContaining('owned_elsewhere')];
      await vi.waitFor(async () => expect(await lastErrors()).toEqual(told), {
        timeout: 60_000,
        interval: 500,
      });
    });

    it('by being deleted is noticed, and the browser in use goes to nobody', async () => {
      await rm(home.path, { recursive: true, force: true, maxRetries: 10 });
      expect(await ready()).toMatchObject({ error: lost });
      await expectHeld();
    });

    it.each(parts)('by losing its %s is noticed, and has one daemon still', async (name) => {
      await rm(join(home.path, name), { recursive: true });
      expect(await home.json(['daemon'])).toMatchObject({ error: 'daemon_already_running' });
      expect(await ready()).toMatchObject({ error: lost });
      expect(await renewed()).toMatchObject({ state: 'leased', pid: lease['pid'] });
      expect(await release()).toMatchObject({ error: lost });
    });

    it('by being restored from a copy has its browser replaced, whose history the copy does not know', async () => {
      copyInUse(home.path, aside);
      process.kill(daemon.pid, 'SIGKILL');
      await ended(daemon.pid);
      await rm(home.path, { recursive: true, force: true, maxRetries: 10 });
      await rename(aside, home.path);
      await home.run(['up']);
      await expect(ended(lease['pid'])).resolves.toBe(true);
    });

    it('in nothing but its path, through a link above it, is the same', async () => {
      const way = `${home.path}-way`;
      await symlink(join(home.path, '..'), way);
      const env = { ESCARP_HOME: join(way, 'e') };
      expect(await home.json(['daemon'], env)).toMatchObject({ error: 'daemon_already_running' });
      process.kill(daemon.pid, 'SIGKILL');
      await ended(daemon.pid);
      const running = home.start(['daemon']);
      await untilPrinted(running, 'stdout', /daemon: http/);
      const { slots } = await home.status();
      expect(slots).toEqual([expect.objectContaining({ state: 'leased', pid: lease['pid'] })]);
      running.child.kill('SIGTERM');
      await once(running.child, 'exit').catch(() => {});
      await rm(way);
    });
  });

  describe('whose pool goes on as before', () => {
    beforeAll(make);
    beforeEach(lend);
    afterEach(async () => {
      await release();
      await rm(aside, { recursive: true, force: true });
    });
    afterAll(() => home.remove());

    it('by being moved is noticed, and the browser in use goes to nobody; when it is moved back, everything continues', async () => {
      expect(await ready()).toEqual({ ready: true });
      await rename(home.path, aside);
      expect(await ready()).toMatchObject({ error: lost, hint: expect.stringContaining('Put it back') });
      await expectHeld();
      await rm(home.path, { recursive: true, force: true });
      await rename(aside, home.path);
      await vi.waitFor(async () => expect(await ready()).toEqual({ ready: true }), { timeout: 60_000 });
      expect(await release()).toMatchObject({ state: 'free' });
    });

    it('by being copied shares nothing with the copy', async () => {
      copyInUse(home.path, aside);
      await rm(join(aside, 'daemon.json'));
      const env = { ESCARP_HOME: aside };
      expect(await home.json(['daemon'], env)).toMatchObject({ error: 'daemon_already_running' });
      await expectHeld(env);
    });
  });
});

describe('a pool.json that cannot be understood', { tags: ['browser'], timeout: 120_000 }, () => {
  it('does not keep down --force from ending what is recorded', async () => {
    const home = await makeEscarpHome(1);
    await home.run(['up']);
    const { slots } = await home.status();
    await writeFile(join(home.path, 'pool.json'), '{"slots": [');
    expect(await home.json(['down', '--force'])).toMatchObject({ daemon_stopped: true, slots_stopped: [0] });
    expect(isAlive(slots[0]?.['pid'])).toBe(false);
    await home.remove();
  });
});

/** Of what a browser deletes meanwhile, `cp` complains, and goes on with the rest. */
function copyInUse(from: string, to: string): void {
  spawnSync('cp', ['-a', from, to]);
  for (const name of ['journal', 'locks', 'pool.json']) expect(existsSync(join(to, name)), name).toBe(true);
}
