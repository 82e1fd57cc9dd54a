import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Trash } from '../src/index.js';

describe('the trash', () => {
  let home: string;
  let outside: string;
  let remove: () => Promise<void>;
  let trash: Trash;

  beforeEach(async () => {
    let temp: string;
    ({ path: temp, remove } = await makeTempHome());
    home = join(temp, 'home');
    outside = join(temp, 'outside');
    await mkdir(join(home, 'profiles/slot-0'), { recursive: true });
    await mkdir(outside);
    await writeFile(join(outside, 'theirs'), 'theirs');
    trash = new Trash({ root: home, newId: randomUUID, onUndeleted: () => {} });
  });
  afterEach(() => remove());

  const emptied = async () => {
    trash.empty();
    await trash.close();
    return readdir(join(home, 'trash'));
  };

  it('takes a folder away at once and deletes it afterwards', async () => {
    await trash.discard(join(home, 'profiles/slot-0'));
    expect(await readdir(join(home, 'profiles'))).toEqual([]);
    expect(await emptied()).toEqual([]);
  });

  it('takes a folder that nobody may write to', async () => {
    await mkdir(join(home, 'profiles/slot-0/locked'));
    await chmod(join(home, 'profiles/slot-0/locked'), 0o555);
    await chmod(join(home, 'profiles/slot-0'), 0o555);
    await trash.discard(join(home, 'profiles/slot-0'));
    expect(await emptied()).toEqual([]);
  });

  it('takes a link for what it is', async () => {
    await symlink(outside, join(home, 'profiles/link'));
    await trash.discard(join(home, 'profiles/link'));
    expect(await emptied()).toEqual([]);
    expect(await readdir(outside)).toEqual(['theirs']);
  });

  it('discards nothing through a link', async () => {
    await symlink(outside, join(home, 'way'));
    await expect(trash.discard(join(home, 'way/theirs'))).rejects.toThrow(/ENOTDIR|ELOOP/);
    expect(await readdir(outside)).toEqual(['theirs']);
  });

  it('and nothing that lies elsewhere', async () => {
    await expect(trash.discard(join(home, '..', 'outside', 'theirs'))).rejects.toThrow('below');
    expect(await readdir(outside)).toEqual(['theirs']);
  });

  it.each([
    ['a link', (path: string) => symlink(outside, path)],
    ['a file', (path: string) => writeFile(path, '')],
    ['a folder that nobody may enter', (path: string) => mkdir(path, { mode: 0o000 })],
  ])('makes itself anew in the place of %s', async (_, place) => {
    await place(join(home, 'trash'));
    await trash.discard(join(home, 'profiles/slot-0'));
    expect(await emptied()).toEqual([]);
    expect((await lstat(join(home, 'trash'))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(outside, 'theirs'), 'utf8')).toBe('theirs');
  });

  it('of a root that is gone fails nobody, and says so', async () => {
    const told: unknown[] = [];
    const homeless = new Trash({
      root: join(home, 'gone'),
      newId: randomUUID,
      onUndeleted: (left) => told.push(left),
    });
    homeless.empty();
    await homeless.close();
    expect(told).toEqual([[{ name: 'trash', code: 'ENOENT' }]]);
  });
});
