import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { makeEscarpHome, program } from './escarp-home.js';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

describe('what a holder left', { tags: ['browser'], timeout: 180_000 }, () => {
  let home: EscarpHome;
  let outside: string;

  beforeEach(async () => {
    home = await makeEscarpHome(1);
    outside = join(home.path, '..', 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'theirs'), 'theirs');
  });
  afterEach(async () => {
    await home.remove();
  });

  const slot = async () => (await home.status()).slots[0] ?? {};
  const profile = () => join(home.path, 'profiles/autonomous/slot-0');
  const trashed = () => readdir(join(home.path, 'trash')).catch(() => []);

  /** Makes the state directory one in which a pool has run. */
  const beFormer = async () => {
    await chmod(home.path, 0o700);
    await writeFile(join(home.path, 'instance'), '5d1d2f6e-former\n');
  };

  it.each(['storage', 'recycle'])('behind a link is not touched by a %s reset', async (policy) => {
    expect(await home.run(['up'], { ESCARP_RESET: policy })).toMatchObject({ exitCode: 0 });
    const { lease_token: token } = await home.json(['acquire', '--holder', 'agent', '--wait', '60']);
    await rm(join(profile(), 'Downloads'), { recursive: true, force: true });
    await symlink(outside, join(profile(), 'Downloads'));
    expect(await home.run(['release', '--token', String(token)])).toMatchObject({ exitCode: 0 });
    await vi.waitFor(async () => expect(await slot()).toMatchObject({ state: 'free' }), { timeout: 60_000 });
    expect(await readdir(outside)).toEqual(['theirs']);
  });

  it.runIf(isRoot)(
    'cannot be deleted, and stops neither a start nor a reset, and is told',
    async (context) => {
      const stuck = join(home.path, 'trash/old/stuck');
      await mkdir(stuck, { recursive: true });
      await beFormer();
      if (!isPossible('chattr', ['+i', stuck])) context.skip('This file system has no such mark.');
      try {
        expect(await home.run(['up'])).toMatchObject({ exitCode: 0 });
        const { lease_token: token } = await home.json(['acquire', '--holder', 'agent', '--wait', '60']);
        expect(await home.run(['release', '--token', String(token)])).toMatchObject({ exitCode: 0 });
        await vi.waitFor(async () => expect(await home.status()).toMatchObject({ undeleted: 1 }), {
          timeout: 60_000,
        });
        expect(await home.json(['status'])).toMatchObject({ undeleted: 1 });
        expect((await home.run(['status'])).stdout).toContain(
          'Not deleted yet of what resets moved away: 1.',
        );
        expect((await home.run(['logs'])).stdout).toContain('cannot be deleted');
        expect((await home.run(['doctor'])).stdout).toContain('1 entry not deleted yet');
      } finally {
        const [moved = ''] = execFileSync('find', [join(home.path, 'trash'), '-name', 'stuck'], {
          encoding: 'utf8',
        }).split('\n');
        execFileSync('chattr', ['-i', moved === '' ? stuck : moved]);
      }
    },
  );

  it('that nobody may write to is deleted for an ordinary user too, who could once not start because of it', async (context) => {
    if (!isRoot) context.skip('Only root can become another user.');
    const locked = join(home.path, 'trash/of-a-reset/locked');
    await mkdir(locked, { recursive: true });
    await writeFile(join(locked, 'file'), '');
    await chmod(locked, 0o555);
    await beFormer();
    execFileSync('chown', ['-R', `${nobody}:${nobody}`, join(home.path, '..')]);
    await chown(outside, 0, 0);
    const daemon = spawn(process.execPath, [program, 'daemon', '--json', '--no-heal'], {
      uid: nobody,
      gid: nobody,
      env: { ...home.env, HOME: join(home.path, '..') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(daemon.stdout, 'data')) as [Buffer];
    expect(JSON.parse(said.toString())).toMatchObject({ pid: expect.any(Number) });
    await vi.waitFor(async () => expect(await trashed()).toEqual([]), { timeout: 60_000 });
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
    execFileSync('chown', ['-R', '0:0', join(home.path, '..')]);
  });

  function isPossible(command: string, words: string[]): boolean {
    try {
      execFileSync(command, words, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }
});
