import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeOwnFolder, writeNewFile, writeOwnFile } from '../../src/own-files/write-own-file.js';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'own-'))));
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const write = (name: string, isForced = false) => writeNewFile(at(name), 'new', { isForced });

describe('a file of which there may be no other copy', () => {
  it('is made with its permissions, and nothing beside it', async () => {
    await write('a');
    expect(await readFile(at('a'), 'utf8')).toBe('new');
    expect((await lstat(at('a'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('is replaced only if that was asked for', async () => {
    await writeFile(at('a'), 'old', { mode: 0o644 });
    await expect(write('a')).rejects.toMatchObject({
      code: 'file_exists',
      hint: expect.stringMatching(/--force/),
    });
    expect(await readFile(at('a'), 'utf8')).toBe('old');
    await write('a', true);
    expect(await readFile(at('a'), 'utf8')).toBe('new');
    expect((await lstat(at('a'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('may be behind a link, which stays', async () => {
    await writeFile(at('a'), 'old');
    await symlink('a', at('link'));
    await symlink('nothing', at('dangling'));
    for (const name of ['link', 'dangling'])
      await expect(write(name)).rejects.toMatchObject({ code: 'file_exists' });
    await write('link', true);
    expect(await readFile(at('a'), 'utf8')).toBe('new');
    expect((await lstat(at('link'))).isSymbolicLink()).toBe(true);
    await write('dangling', true);
    expect((await lstat(at('dangling'))).isSymbolicLink()).toBe(true);
    expect(await readFile(at('nothing'), 'utf8')).toBe('new');
  });

  it('may be a device, of which nothing is lost', async () => {
    await writeNewFile('/dev/null', 'new', { isForced: false });
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it.each([
    ['a folder', 'folder', /it is a folder/],
    ['a path below a file', 'file/below', /a file where a folder is needed/],
    ['in no folder', 'none/a', /no such folder/],
  ])('that is %s cannot be written, forced or not', async (_, name, why) => {
    await mkdir(at('folder'));
    await writeFile(at('file'), '');
    for (const isForced of [false, true]) {
      await expect(write(name, isForced)).rejects.toMatchObject({
        code: 'file_not_written',
        message: expect.stringMatching(why),
      });
    }
    expect((await readdir(folder)).toSorted()).toEqual(['file', 'folder']);
  });
});

describe('a file that the user names', () => {
  it('is replaced, and keeps its permissions', async () => {
    await writeFile(at('a'), 'old', { mode: 0o600 });
    await writeOwnFile(at('a'), 'new');
    expect(await readFile(at('a'), 'utf8')).toBe('new');
    expect((await lstat(at('a'))).mode & 0o777).toBe(0o600);
  });

  it('that cannot be written is named with the reason', async () => {
    await expect(writeOwnFile(at('none/a'), 'new')).rejects.toMatchObject({
      code: 'file_not_written',
      message: expect.stringMatching(/none\/a cannot be written: there is no such folder/),
    });
  });
});

describe('a folder that the user names', () => {
  it('is made unless it is there, and is no file', async () => {
    await makeOwnFolder(at('a/b'));
    await makeOwnFolder(at('a/b'));
    await writeFile(at('file'), '');
    await expect(makeOwnFolder(at('file'))).rejects.toMatchObject({
      code: 'file_not_written',
      message: expect.stringMatching(/a file, not a folder/),
    });
  });
});
