import { constants } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { removeTree } from './empty-folder.js';
import { isCode } from './error-code.js';
import { OwnedFolder } from './owned-folder.js';

/**
 * Replaces a file in one step, readable by its owner alone: a crash leaves the old file or the new one, and there is no
 * moment at which others could read it. A link in its place is replaced. Where several may write it at once, `newId`
 * gives each a draft of its own. Content that comes piece by piece is written as it comes. Throws the system's errors, among them ENOTDIR for a folder that is a link.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  newId?: () => string,
): Promise<void> {
  await inFolderOf(path, async (folder, name) => {
    const draft = `${name}.${newId?.() ?? 'new'}.tmp`;
    try {
      if (newId === undefined) await removeTree(folder, draft);
      await writeNew(folder, draft, content);
      await folder.rename(draft, folder, name);
    } catch (error) {
      await folder.unlink(draft).catch(() => {});
      throw error;
    }
    await folder.sync();
  });
}

/**
 * Makes a file with its content in one step; false, and nothing changed, when there is one already. Throws the system's
 * errors.
 */
export async function makeFileOnce(path: string, content: string): Promise<boolean> {
  return inFolderOf(path, async (folder, name) => {
    const draft = await writeDraft(folder, name, content);
    try {
      await folder.link(draft, name);
      await folder.sync();
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await folder.unlink(draft).catch(() => {});
    }
  });
}

/** Starts an empty file in the place of whatever stood there: a link, or a second name of a file elsewhere, too. */
export async function openAnew(path: string): Promise<FileHandle> {
  return inFolderOf(path, async (folder, name) => {
    await removeTree(folder, name);
    return folder.openFile(name, writingNew);
  });
}

/** Opens a file that may be there; its folder and the file itself must be no links. */
export async function openOwnedFile(path: string, flags: number): Promise<FileHandle> {
  return inFolderOf(path, (folder, name) => folder.openFile(name, flags));
}

/**
 * Deletes whatever is at `path`, with everything below it; a link itself, not its target. Does nothing if nothing is there.
 *
 * @throws The system's errors.
 */
export async function removeOwned(path: string): Promise<void> {
  try {
    await inFolderOf(path, removeTree);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

/** Moves within one folder; fine when there is nothing to move. Throws the system's errors. */
export async function renameOwned(path: string, newName: string): Promise<void> {
  try {
    await inFolderOf(path, (folder, name) => folder.rename(name, folder, newName));
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

/** Cuts a file that is too large; one that is a link, or has a second name elsewhere, is left alone. */
export async function truncateOwned(
  path: string,
  { limitBytes, toBytes = 0 }: { limitBytes: number; toBytes?: number },
): Promise<void> {
  const file = await openOwnedFile(path, constants.O_WRONLY);
  try {
    const found = await file.stat();
    if (found.isFile() && found.nlink === 1 && found.size > limitBytes) await file.truncate(toBytes);
  } finally {
    await file.close();
  }
}

/** A rename is durable only when the folder that holds the name is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await OwnedFolder.open(path);
  await folder.sync().finally(() => folder.close());
}

const writingNew = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** Under the first name that is free, which others may be looking for too. */
async function writeDraft(folder: OwnedFolder, name: string, content: string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const draft = `${name}.${count}.tmp`;
    try {
      await writeNew(folder, draft, content);
      return draft;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
  }
}

async function writeNew(
  folder: OwnedFolder,
  name: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  const file = await folder.openFile(name, writingNew);
  try {
    if (typeof content === 'string' || content instanceof Uint8Array) await file.writeFile(content);
    // Each call goes on where the last one ended.
    else for await (const piece of content) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function inFolderOf<T>(
  path: string,
  work: (folder: OwnedFolder, name: string) => Promise<T>,
): Promise<T> {
  const folder = await OwnedFolder.open(dirname(path));
  try {
    return await work(folder, basename(path));
  } finally {
    await folder.close();
  }
}
