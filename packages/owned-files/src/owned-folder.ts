import { fstatSync, readFileSync } from 'node:fs';
import type { Stats } from 'node:fs';
import {
  chmod,
  constants,
  lchmod,
  link,
  lstat,
  mkdir,
  open,
  opendir,
  rename,
  rmdir,
  unlink,
} from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { isCode } from './error-code.js';

/** One name in a folder. Bytes where it need not be UTF-8. */
export type EntryName = string | Buffer;

/** What a folder lists. Something else may have the name by the time that it is used. */
export interface FolderEntry<Name extends EntryName = EntryName> {
  readonly name: Name;
  /** Whether it was a folder itself, and not a link to one. */
  readonly isFolder: boolean;
}

const isLinux = process.platform === 'linux';

// Names a file without opening it, so that its mode need not allow it. Linux's value; Node has no name for it.
const pathOnly = isLinux ? 0o10_000_000 : 0;
const folderItself = constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Follows no links, which may lead out of the tree, and does not wait for pipes. */
const plainly = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * A folder that is held open, and the operations on names in it. Names are looked up in the folder that was opened, even
 * if it has been moved since and something else is at its old path. On Linux the kernel does this (`/proc/self/fd/N/name`
 * works like `openat`). Elsewhere the path is compared with the open folder right before each call, which leaves a short
 * race.
 */
export class OwnedFolder {
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** The folder at `path`, which itself must be no link; the folders above it may be. */
  static async open(path: string): Promise<OwnedFolder> {
    return new OwnedFolder(path, await open(path, constants.O_RDONLY | folderItself));
  }

  /** The folder at `path` below `root`, with no link on the way from one to the other. */
  static async openBelow(root: string, path: string): Promise<OwnedFolder> {
    return descend(root, path, (folder, name) => folder.openFolder(name));
  }

  /** As `openBelow`, and makes the folders that are missing, readable by their owner alone. */
  static async makeBelow(root: string, path: string): Promise<OwnedFolder> {
    return descend(root, path, (folder, name) => folder.makeFolder(name));
  }

  /** Of the folder that was opened. */
  stat(): Promise<Stats> {
    return this.#handle.stat();
  }

  /** Makes the names in it durable, which a new name or a rename is not by itself. */
  sync(): Promise<void> {
    return this.#handle.sync();
  }

  /** To be called once, when nothing more is done in it. */
  close(): Promise<void> {
    return this.#handle.close();
  }

  /** Opens a folder in here; rejects with ENOTDIR for what is none, a link to one included. */
  async openFolder(name: EntryName): Promise<OwnedFolder> {
    const handle = await open(await this.#at(name), constants.O_RDONLY | folderItself);
    return new OwnedFolder(join(this.#path, String(name)), handle);
  }

  /** As `openFolder`, and makes the folder if there is none, for its owner alone. */
  async makeFolder(name: EntryName): Promise<OwnedFolder> {
    try {
      await mkdir(await this.#at(name), { mode: 0o700 });
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
    return this.openFolder(name);
  }

  /** Opens a file, never a link. `mode` is that of a file that is made. */
  async openFile(name: EntryName, flags: number, mode = 0o600): Promise<FileHandle> {
    return open(await this.#at(name), flags | plainly, mode);
  }

  /** Lets its owner list, search and change a folder in here, and so delete it; then opens it. */
  async openUnlocked(name: EntryName): Promise<OwnedFolder> {
    const folder = await this.#openedOfOwner(name);
    if (folder !== undefined) return folder;
    return this.#unlocked(name, async (path) => {
      const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
      return new OwnedFolder(join(this.#path, String(name)), handle);
    });
  }

  /** Rejects for what is no folder, a link to one included, and with EBUSY for one that something is mounted on. */
  async unlock(name: EntryName): Promise<void> {
    await this.#unlocked(name, async () => {});
  }

  /** Of the name itself: of a link and not of what it leads to. */
  async lstat(name: EntryName): Promise<Stats> {
    return lstat(await this.#at(name));
  }

  /** Removes a file, a link, a socket or a pipe; never what a link leads to. */
  async unlink(name: EntryName): Promise<void> {
    await unlink(await this.#at(name));
  }

  /** Removes a folder that is empty. */
  async removeFolder(name: EntryName): Promise<void> {
    await rmdir(await this.#at(name));
  }

  /** Moves a name, a link as such, and replaces a file that has the new name. */
  async rename(name: EntryName, into: OwnedFolder, newName: EntryName): Promise<void> {
    await rename(await this.#at(name), await into.#at(newName));
  }

  /** A second name for a file; rejects with EEXIST where that name is taken. */
  async link(name: EntryName, newName: EntryName): Promise<void> {
    await link(await this.#at(name), await this.#at(newName));
  }

  /** The names in it as bytes, in no order. Names that come or go meanwhile may be among them or not. */
  async *names(): AsyncGenerator<Buffer> {
    for await (const { name } of this.entries()) yield name;
  }

  /** As `names`, and which of them are folders. */
  async *entries(): AsyncGenerator<FolderEntry<Buffer>> {
    // As latin1 every byte is one character, so that no name is lost on the way.
    const listing = await opendir(await this.#at('.'), { encoding: 'latin1', bufferSize: 256 });
    for await (const entry of listing)
      yield { name: Buffer.from(entry.name, 'latin1'), isFolder: entry.isDirectory() };
  }

  /** Most folders are their owner's to change already; undefined for one that is not. */
  async #openedOfOwner(name: EntryName): Promise<OwnedFolder | undefined> {
    const folder = await this.openFolder(name).catch((error: unknown) => {
      if (!isCode(error, 'EACCES')) throw error;
      return undefined;
    });
    let isTheirs = false;
    try {
      isTheirs = folder !== undefined && isOwners(refuseMount(this.#handle, folder.#handle));
      return isTheirs ? folder : undefined;
    } finally {
      if (!isTheirs) await folder?.close();
    }
  }

  /** The mode is changed of what was opened and looked at, and of nothing that takes its place in between. */
  async #unlocked<T>(name: EntryName, use: (path: string | Buffer) => Promise<T>): Promise<T> {
    const path = await this.#at(name);
    const folder = await open(path, pathOnly | folderItself).catch(async (error: unknown) => {
      if (isLinux || !isCode(error, 'EACCES') || !(await lstat(path)).isDirectory()) throw error;
      await lchmod(path, 0o700);
      return open(path, folderItself);
    });
    try {
      const found = refuseMount(this.#handle, folder);
      const same = isLinux ? `/proc/self/fd/${folder.fd}` : path;
      if (!isOwners(found)) await (isLinux ? chmod(same, 0o700) : folder.chmod(0o700));
      return await use(same);
    } finally {
      await folder.close();
    }
  }

  async #at(name: EntryName): Promise<string | Buffer> {
    const folder = isLinux ? `/proc/self/fd/${this.#handle.fd}` : await this.#samePath();
    if (typeof name === 'string') return `${folder}/${name}`;
    return Buffer.concat([Buffer.from(`${folder}/`), name]);
  }

  async #samePath(): Promise<string> {
    const [opened, found] = await Promise.all([this.#handle.stat(), lstat(this.#path)]);
    if (opened.dev === found.dev && opened.ino === found.ino) return this.#path;
    throw Object.assign(new Error(`${this.#path} is no longer the folder that was opened.`), {
      code: 'ESTALE',
    });
  }
}

function isOwners({ mode }: Stats): boolean {
  return (mode & 0o700) === 0o700;
}

// Both ask about what is open, which the kernel answers from memory; the thread pool would take ten times as long.

/** What is mounted somewhere in the tree is not of the tree, also where it is of the same file system. */
function refuseMount(parent: FileHandle, child: FileHandle): Stats {
  // The mounts first: a server behind one of them that is gone would never answer.
  const inner = mountOf(parent) === mountOf(child) ? fstatSync(child.fd) : undefined;
  if (inner !== undefined && inner.dev === fstatSync(parent.fd).dev) return inner;
  throw Object.assign(new Error('Something is mounted on it.'), { code: 'EBUSY' });
}

function mountOf({ fd }: FileHandle): string | undefined {
  if (!isLinux) return undefined;
  return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
}

type Step = (folder: OwnedFolder, name: string) => Promise<OwnedFolder>;

async function descend(root: string, path: string, step: Step): Promise<OwnedFolder> {
  let folder = await OwnedFolder.open(root);
  for (const name of namesBelow(root, path)) {
    const upper = folder;
    try {
      folder = await step(upper, name);
    } finally {
      await upper.close();
    }
  }
  return folder;
}

function namesBelow(root: string, path: string): string[] {
  const way = relative(root, path);
  if (way === '') return [];
  if (isAbsolute(way) || way.split(sep).includes('..'))
    throw new Error(`${path} does not lie below ${root}.`);
  return way.split(sep);
}
