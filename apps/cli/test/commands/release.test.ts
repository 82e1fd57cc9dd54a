import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readWorktree } from '../../src/worktree.js';
import type { EscarpHome, Json } from './escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from './escarp-home.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** A repository, and a second working tree of it on a branch of its own, as `git worktree add` leaves them. */
async function makeWorktrees(folder: string): Promise<{ first: string; second: string }> {
  const [first, second] = [join(folder, 'shop'), join(folder, 'shop-fix')];
  const gitFolder = join(first, '.git', 'worktrees', 'shop-fix');
  await mkdir(gitFolder, { recursive: true });
  await mkdir(join(second, 'deep', 'down'), { recursive: true });
  await writeFile(join(first, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  await writeFile(join(gitFolder, 'HEAD'), 'ref: refs/heads/fix\n');
  await writeFile(join(second, '.git'), `gitdir: ${gitFolder}\n`);
  return { first, second };
}

describe('two working trees of one user', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  let first: string;
  let second: string;
  beforeAll(async () => {
    // What the next holder finds is not tested here, and a browser need not be replaced for it.
    home = await makeEscarpHome(2, keepsBrowsers);
    ({ first, second } = await makeWorktrees(join(home.path, '..')));
    await home.json(['up']);
  });
  afterAll(() => home.remove());

  const acquire = (cwd: string): Promise<Json> => home.json(['acquire', '--wait', '60'], {}, cwd);
  const leasedSlots = async (): Promise<unknown[]> => {
    const { slots } = await home.status();
    return slots.filter(({ holder }) => holder !== null).map(({ slot }) => slot);
  };

  it('are distinguished by their holders', async () => {
    const [one, two] = [await acquire(first), await acquire(join(second, 'deep', 'down'))];
    expect(one['holder']).toMatch(/@shop-main$/);
    expect(two['holder']).toMatch(/@shop-fix$/);
    await home.json(['release', '--all']);
  });

  it('do not release each other’s leases with release --mine, unless everywhere is given', async () => {
    const [one, two] = [await acquire(first), await acquire(second)];
    expect((await home.json(['release', '--mine'], {}, first))['released']).toMatchObject([
      { slot: one['slot'] },
    ]);
    expect(await leasedSlots()).toEqual([two['slot']]);
    expect((await home.json(['release', '--mine', '--everywhere'], {}, first))['released']).toHaveLength(1);
    expect(await leasedSlots()).toEqual([]);
  });

  it('release without options the only lease that is theirs', async () => {
    const [one, two] = [await acquire(first), await acquire(second)];
    await home.json(['release'], {}, join(second, 'deep'));
    expect(await leasedSlots()).toEqual([one['slot']]);
    const nothing = await home.run(['release'], {}, second);
    expect(nothing).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`slot ${String(one['slot'])} (`),
    });
    expect(two['slot']).not.toBe(one['slot']);
    await home.json(['release', '--all']);
  });

  it('list their leases if there are several', async () => {
    await acquire(first);
    await acquire(first);
    const { exitCode, stderr } = await home.run(['release'], {}, first);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/slot 0 \(.*shop-main\), slot 1 \(.*shop-main\)|slot 1 .*slot 0/);
    expect(await leasedSlots()).toHaveLength(2);
    await home.json(['release', '--mine'], {}, first);
  });

  it('give back the lease that their shell exports, wherever it was acquired', async () => {
    const [one, two] = [await acquire(first), await acquire(second)];
    const shell = { ESCARP_LEASE_TOKEN: String(two['lease_token']) };
    expect((await home.json(['release'], shell, first))['released']).toMatchObject([{ slot: two['slot'] }]);
    expect(await leasedSlots()).toEqual([one['slot']]);
    // A lease that has ended already takes nothing else with it.
    await home.run(['release'], shell, first);
    expect(await leasedSlots()).toEqual([one['slot']]);
    await home.json(['release', '--all']);
  });
});

describe('a working tree', () => {
  it('is named after its root and its branch, from any folder inside it', async () => {
    const home = await makeEscarpHome(1);
    const { first, second } = await makeWorktrees(join(home.path, '..'));
    expect(await readWorktree(first)).toEqual({ root: first, worktree: 'shop', branch: 'main' });
    expect(await readWorktree(join(second, 'deep', 'down'))).toEqual({
      root: second,
      worktree: 'shop-fix',
      branch: 'fix',
    });
    await writeFile(join(first, '.git', 'HEAD'), `${'0'.repeat(40)}\n`);
    expect(await readWorktree(first)).toEqual({ root: first, worktree: 'shop', branch: undefined });
    await home.remove();
  });
});
