import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EscarpHome, Json } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';
import { isAlive } from './is-alive.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.runIf(process.platform === 'linux')('a pool with spares', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(1);
    await home.json(['up', '--spares']);
  });
  afterAll(() => home.remove());

  const slot = async (): Promise<Json> => {
    const { slots } = await home.status();
    return slots[0] ?? {};
  };

  async function sparePid(): Promise<number> {
    for (;;) {
      const { spare } = (await slot()) as { spare?: { pid: number } };
      if (spare !== undefined) return spare.pid;
      await pause(50);
    }
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await pause(20);
  }

  it('gives a leased slot one, shows its memory, and its process at the next lease', async () => {
    expect(await slot()).not.toHaveProperty('spare');
    await home.json(['acquire', '--holder', 'me']);
    const pid = await sparePid();
    expect(await slot()).toMatchObject({ spare: { pid, memory_bytes: expect.any(Number) } });
    await home.json(['release', '--all']);
    expect(await slot()).toMatchObject({ state: 'free', pid });
  });

  it('has none left when the daemon is killed, and leases survive as without them', async () => {
    const { pid: browser } = await home.json(['acquire', '--holder', 'me']);
    const pid = await sparePid();
    const daemon = JSON.parse(await readFile(join(home.path, 'daemon.json'), 'utf8')) as { pid: number };
    process.kill(daemon.pid, 'SIGKILL');
    await until(() => !isAlive(pid));
    await home.json(['up']);
    expect(await slot()).toMatchObject({ state: 'leased', pid: browser });
    expect(await sparePid()).not.toBe(pid);
    await home.json(['release', '--all']);
  });

  it('is not changed while it runs, and can be without ending browsers and leases', async () => {
    expect(await home.run(['up', '--spares'])).toMatchObject({ exitCode: 0 });
    const { error, hint } = await home.json(['up', '--no-spares']);
    expect(error).toBe('pool_runs_otherwise');
    const { pid: browser } = await home.json(['acquire', '--holder', 'me']);
    const pid = await sparePid();
    const commands = String(hint).split(': ')[1]?.split(' && ') ?? [];
    for (const command of commands) await home.json(command.split(' ').slice(1));
    expect(isAlive(pid)).toBe(false);
    expect(await home.json(['status'])).not.toHaveProperty('spares');
    expect(await slot()).toMatchObject({ state: 'leased', pid: browser });
    await home.json(['release', '--all']);
  });

  it('says why it makes none', async () => {
    await home.json(['daemon', 'stop']);
    const said = await home.run(['up'], { ESCARP_SPARES: 'on', ESCARP_RESET: 'storage' });
    expect(said.stdout).toContain('No spares are made at the moment. Only a recycle uses them');
    expect(said.stderr).not.toContain('No spares');
    expect((await home.run(['status'])).stdout).toContain('No spares are made at the moment.');
    expect((await home.run(['doctor'])).stdout).toContain('No spares are made at the moment.');
    expect(await home.json(['status'])).toMatchObject({ spares: { is_on: false } });
  });

  it('is not made of slots with windows', async () => {
    const said = await home.run(['up', '--spares', '--displays']);
    expect(said).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('exclude each other') });
  });
});
