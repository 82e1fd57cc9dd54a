import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  appendOwnedSync,
  makeFileOnce,
  openAnew,
  OwnedFolder,
  removeOwned,
  renameOwned,
  truncateOwned,
  writeFileAtomically,
} from '../src/index.js';

describe('a file of ours', () => {
  let home: string;
  let theirs: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    let temp: string;
    ({ path: temp, remove } = await makeTempHome());
    home = join(temp, 'home');
    theirs = join(temp, 'theirs');
    await mkdir(home);
    await writeFile(theirs, 'theirs');
  });
  afterEach(() => remove());

  it('is replaced in one step, for its owner alone, and leaves no draft', async () => {
    const path = join(home, 'file');
    await writeFileAtomically(path, 'one', randomUUID);
    await writeFileAtomically(path, 'two', randomUUID);
    expect(await readFile(path, 'utf8')).toBe('two');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(home)).toEqual(['file']);
  });

  it.each([
    ['a link', symlink],
    ['a second name of a file elsewhere', link],
  ])('takes the place of %s and leaves that alone', async (_, make) => {
    for (const [name, change] of [
      ['written', (path: string) => writeFileAtomically(path, 'ours', randomUUID)],
      ['begun', async (path: string) => (await openAnew(path)).close()],
      ['removed', removeOwned],
      ['moved', (path: string) => renameOwned(path, 'moved-away')],
    ] as const) {
      await make(theirs, join(home, name));
      await change(join(home, name));
    }
    await make(theirs, join(home, 'cut'));
    await truncateOwned(join(home, 'cut'), { limitBytes: 0 }).catch(() => {});
    appendOwnedSync(join(home, 'cut'), 'ours', 1_000);
    expect(await readFile(join(home, 'cut'), 'utf8')).toBe('ours');
    expect(await readFile(theirs, 'utf8')).toBe('theirs');
  });

  it('is not reached through a folder that is a link', async () => {
    await symlink(join(home, '..'), join(home, 'way'));
    const path = join(home, 'way', 'theirs');
    for (const change of [
      () => writeFileAtomically(path, 'ours', randomUUID),
      () => openAnew(path),
      () => removeOwned(path),
      () => renameOwned(path, 'moved'),
      () => truncateOwned(path, { limitBytes: 0 }),
      () => OwnedFolder.makeBelow(home, join(home, 'way', 'made')),
    ])
      await expect(change()).rejects.toThrow(/ENOTDIR|ELOOP/);
  });

  it('is made once, whoever comes first, and whole', async () => {
    const path = join(home, 'once');
    const made = await Promise.all(['a', 'b', 'c'].map((text) => makeFileOnce(path, text)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await readFile(path, 'utf8')).toMatch(/^[abc]$/);
    expect(await readdir(home)).toEqual(['once']);
  });

  it('keeps to the folder that was opened, whatever takes its path', async () => {
    await mkdir(join(home, 'folder'));
    const folder = await OwnedFolder.open(join(home, 'folder'));
    await renameOwned(join(home, 'folder'), 'moved');
    await symlink(join(home, '..'), join(home, 'folder'));
    await folder.unlink('theirs').catch(() => {});
    await folder.makeFolder('made').then((made) => made.close());
    await folder.close();
    expect(await readdir(join(home, 'moved'))).toEqual(['made']);
  });
});
