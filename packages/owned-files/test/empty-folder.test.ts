import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyFolder, OwnedFolder } from '../src/index.js';

const isRoot = process.getuid?.() === 0;
const shortageChild = fileURLToPath(new URL('shortage-child.mjs', import.meta.url));

/** A signal that is aborted once it has been looked at so many times. */
function abortedAfter(looks: number): AbortSignal {
  let left = looks;
  return Object.defineProperty(new AbortController().signal, 'aborted', { get: () => (left -= 1) < 0 });
}

describe('emptying a folder', () => {
  let temp: string;
  let remove: () => Promise<void>;
  let tree: string;
  let outside: string;

  beforeEach(async () => {
    ({ path: temp, remove } = await makeTempHome());
    tree = join(temp, 'tree');
    outside = join(temp, 'outside');
    await mkdir(tree);
    await mkdir(outside);
    await writeFile(join(outside, 'theirs'), 'theirs');
  });
  afterEach(() => remove());

  const empty = async () => {
    const folder = await OwnedFolder.open(tree);
    return emptyFolder(folder).finally(() => folder.close());
  };

  it('deletes links and leaves what they lead to, however deep they lie', async () => {
    await mkdir(join(tree, 'a/b'), { recursive: true });
    for (const place of ['.', 'a', 'a/b']) {
      await symlink(outside, join(tree, place, 'folder-link'));
      await symlink(join(outside, 'theirs'), join(tree, place, 'file-link'));
      await symlink('/nowhere', join(tree, place, 'dangling'));
    }
    expect(await empty()).toEqual([]);
    expect(await readdir(tree)).toEqual([]);
    expect(await readFile(join(outside, 'theirs'), 'utf8')).toBe('theirs');
  });

  it('deletes folders that nobody may write to, list or enter', async () => {
    await mkdir(join(tree, 'a/b/c'), { recursive: true });
    await writeFile(join(tree, 'a/b/c/file'), '');
    for (const [place, mode] of [
      ['a/b/c', 0o000],
      ['a/b', 0o555],
      ['a', 0o111],
    ] as const)
      await chmod(join(tree, place), mode);
    expect(await empty()).toEqual([]);
    expect(await readdir(tree)).toEqual([]);
  });

  it('deletes a tree that is deeper than a path can be long', { timeout: 60_000 }, async () => {
    // Twenty bytes each, and a path has at most 4,096.
    const levels = 210;
    const start = process.cwd();
    process.chdir(tree);
    for (let level = 0; level < levels; level += 1) {
      mkdirSync('a-folder-in-a-folder');
      process.chdir('a-folder-in-a-folder');
    }
    writeFileSync('file', '');
    process.chdir(start);
    expect(await empty()).toEqual([]);
    expect(await readdir(tree)).toEqual([]);
  });

  it('deletes a deep tree with few descriptors left', async () => {
    for (const place of ['a/b/c/d/e/f/g/h/i/j', 'a/b/c/k/l/m/n/o/p'])
      await mkdir(join(tree, place), { recursive: true });
    const limited = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, shortageChild, tree];
    expect(JSON.parse(execFileSync('sh', limited, { encoding: 'utf8' }))).toEqual([]);
    expect(await readdir(tree)).toEqual([]);
  });

  it('deletes names that are no UTF-8, and names that its own moves would take', async () => {
    const odd = Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0xfe, 0x0a])]);
    await mkdir(odd);
    await writeFile(Buffer.concat([odd, Buffer.from([0x2f, 0xc3])]), '');
    await writeFile(join(tree, 'moved-up-1'), '');
    await mkdir(join(tree, 'moved-up-2/in/it'), { recursive: true });
    expect(await empty()).toEqual([]);
    expect(await readdir(tree)).toEqual([]);
  });

  it('deletes sockets and pipes without waiting at them', async () => {
    const server = createServer().listen(join(tree, 'socket'));
    await once(server, 'listening');
    execFileSync('mkfifo', [join(tree, 'pipe')]);
    expect(await empty()).toEqual([]);
    expect(await readdir(tree)).toEqual([]);
    server.close();
  });

  it('deletes thousands of names', async () => {
    for (let at = 0; at < 2_500; at += 1) writeFileSync(join(tree, String(at)), '');
    expect(await empty()).toEqual([]);
  });

  it('stops when it is told to, between two names', async () => {
    for (let at = 0; at < 2_000; at += 1) writeFileSync(join(tree, String(at)), '');
    const folder = await OwnedFolder.open(tree);
    await emptyFolder(folder, AbortSignal.abort());
    await folder.close();
    expect(await readdir(tree)).toHaveLength(2_000);
  });

  it.runIf(isRoot)('leaves what is mounted in it as it is, and says so', async (context) => {
    const mounted = join(tree, 'a/b/mounted');
    await mkdir(mounted, { recursive: true });
    await chmod(outside, 0o555);
    if (!isPossible('mount', ['--bind', outside, mounted])) context.skip('Nothing can be mounted here.');
    try {
      expect(await empty()).toEqual([expect.objectContaining({ code: 'EBUSY' })]);
      expect(await readFile(join(outside, 'theirs'), 'utf8')).toBe('theirs');
      expect((await stat(outside)).mode & 0o777).toBe(0o555);
    } finally {
      execFileSync('umount', [outsideMount(tree)]);
    }
    expect(await empty()).toEqual([]);
  });

  it.runIf(isRoot)('says what is marked as immutable, and deletes the rest', async (context) => {
    await writeFile(join(tree, 'kept'), '');
    await mkdir(join(tree, 'a/b'), { recursive: true });
    await writeFile(join(tree, 'a/file'), '');
    if (!isPossible('chattr', ['+i', join(tree, 'kept')])) context.skip('This file system has no such mark.');
    expect(await empty()).toEqual([{ name: 'kept', code: 'EPERM' }]);
    expect(await readdir(tree)).toEqual(['kept']);
    execFileSync('chattr', ['-i', join(tree, 'kept')]);
    expect(await empty()).toEqual([]);
  });

  it.runIf(isRoot)(
    'names the folder in which something is immutable, and deletes the rest of it',
    async (context) => {
      const kept = join(tree, 'a/b/c/kept');
      await mkdir(join(tree, 'a/b/d'), { recursive: true });
      await mkdir(join(tree, 'a/b/c/e'), { recursive: true });
      for (const place of ['a', 'a/b', 'a/b/c', 'a/b/c/e', 'a/b/d'])
        await writeFile(join(tree, place, 'kept'), '');
      if (!isPossible('chattr', ['+i', kept])) context.skip('This file system has no such mark.');
      expect(await empty()).toEqual([{ name: 'a', code: 'EPERM' }]);
      expect((await readdir(tree, { recursive: true })).toSorted()).toEqual([
        'a',
        'a/b',
        'a/b/c',
        'a/b/c/kept',
      ]);
      execFileSync('chattr', ['-i', kept]);
      expect(await empty()).toEqual([]);
    },
  );

  it('stops when it is told to, also among names that lie deep', async () => {
    await mkdir(join(tree, 'a/b'), { recursive: true });
    for (let at = 0; at < 2_000; at += 1) writeFileSync(join(tree, 'a/b', String(at)), '');
    const folder = await OwnedFolder.open(tree);
    await emptyFolder(folder, abortedAfter(500));
    await folder.close();
    expect((await readdir(tree, { recursive: true })).length).toBeGreaterThan(100);
  });

  it('is not misled by a folder that turns into a link while it is emptied', async () => {
    const swapper = `
      const { renameSync, symlinkSync, mkdirSync, rmSync } = require('node:fs');
      const [tree, outside] = process.argv.slice(1);
      process.stdout.write('up');
      for (let at = 0; ; at += 1) {
        try {
          const name = tree + '/flip';
          mkdirSync(name + '/in/it', { recursive: true });
          renameSync(name, tree + '/aside' + (at % 20));
          symlinkSync(outside, name);
          rmSync(name, { force: true });
        } catch {}
      }`;
    const child = spawn(process.execPath, ['-e', swapper, tree, outside], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    for (let round = 0; round < 20; round += 1) {
      const folder = await OwnedFolder.open(tree);
      await emptyFolder(folder, AbortSignal.timeout(100)).finally(() => folder.close());
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await readdir(outside)).toEqual(['theirs']);
    expect(await empty()).toEqual([]);
  });

  /** Where the mount has been moved to with the folders around it. */
  function outsideMount(folder: string): string {
    const table = execFileSync('cat', ['/proc/self/mountinfo'], { encoding: 'utf8' });
    const mount = table.split('\n').find((line) => line.includes(` ${folder}/`));
    return mount?.split(' ')[4] ?? '';
  }

  function isPossible(command: string, words: string[]): boolean {
    try {
      execFileSync(command, words, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }
});
