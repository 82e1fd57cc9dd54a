import { codeOf, isCode } from './error-code.js';
import type { EntryName, OwnedFolder } from './owned-folder.js';

/** What could not be deleted, and the system's word for why: EPERM for one that is marked as immutable, for example. */
export interface Undeleted {
  readonly name: string;
  readonly code: string;
}

/**
 * Deletes everything in a folder and resolves with what could not be deleted, one entry per name directly in the folder.
 * Links are deleted and not followed, and mount points are neither entered nor emptied. Folders are made writable first.
 * A tree may be deeper than a path can be long: deep folders are moved up first, so that at most three folders are open at
 * a time. Stops early once one of the signals is aborted.
 */
export async function emptyFolder(
  folder: OwnedFolder,
  ...signals: readonly AbortSignal[]
): Promise<Undeleted[]> {
  const stuck = new Map<string, string>();
  const upward = upwardMoves(folder);
  const isOver = (): boolean => signals.some(({ aborted }) => aborted);
  for (let hasChanged = true; hasChanged && !isOver();) {
    hasChanged = false;
    for await (const name of folder.names()) {
      if (isOver()) break;
      const key = name.toString('latin1');
      if (stuck.has(key)) continue;
      const { code, isChanged } = await removeOrFlatten(folder, name, upward);
      if (code !== undefined) stuck.set(key, code);
      hasChanged ||= isChanged;
    }
  }
  return [...stuck].map(([key, code]) => ({ name: Buffer.from(key, 'latin1').toString(), code }));
}

/** Deletes a name with all that is below it; rejects with the system's error when something of it stays. */
export async function removeTree(parent: OwnedFolder, name: EntryName): Promise<void> {
  if (await isRemoved(parent, name)) return;
  const folder = await parent.openUnlocked(name);
  try {
    const [left] = await emptyFolder(folder);
    if (left)
      throw Object.assign(new Error(`${left.name} cannot be deleted: ${left.code}.`), { code: left.code });
  } finally {
    await folder.close();
  }
  await parent.removeFolder(name);
}

interface Removal {
  /** Why the name is still there; undefined when it is gone. */
  readonly code?: string;
  /** Whether anything was deleted or moved. */
  readonly isChanged: boolean;
}

type MoveUp = (from: OwnedFolder, name: EntryName) => Promise<void>;

const triesMax = 3;

async function removeOrFlatten(parent: OwnedFolder, name: Buffer, moveUp: MoveUp): Promise<Removal> {
  let isChanged = false;
  try {
    for (let tries = 0; tries < triesMax; tries += 1) {
      if (await isRemoved(parent, name)) return { isChanged: true };
      const { code, changes } = await flatten(parent, name, moveUp);
      isChanged ||= changes > 0;
      if (code !== undefined) return { code, isChanged };
    }
    // Somebody goes on writing into it.
    return { code: 'ENOTEMPTY', isChanged };
  } catch (error) {
    return { code: codeOf(error), isChanged };
  }
}

/** True for a name that is gone now, false for a folder that is not empty or must be made deletable. */
async function isRemoved(parent: OwnedFolder, name: EntryName): Promise<boolean> {
  try {
    await parent.unlink(name);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return true;
    // For a folder Linux says EISDIR and macOS EPERM.
    if (!isCode(error, 'EISDIR', 'EPERM')) throw error;
    if (!(await parent.lstat(name)).isDirectory()) throw error;
  }
  try {
    await parent.removeFolder(name);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return true;
    if (isCode(error, 'ENOTEMPTY', 'EEXIST', 'EACCES')) return false;
    throw error;
  }
}

/** Deletes the files of a folder and moves its folders up to be dealt with there. */
async function flatten(
  parent: OwnedFolder,
  name: EntryName,
  moveUp: MoveUp,
): Promise<{ code: string | undefined; changes: number }> {
  const folder = await parent.openUnlocked(name);
  let code: string | undefined;
  let changes = 0;
  try {
    for await (const entry of folder.names()) {
      try {
        if (!(await isRemoved(folder, entry))) await moveUp(folder, entry);
        changes += 1;
      } catch (error) {
        code ??= codeOf(error);
      }
    }
  } finally {
    await folder.close();
  }
  return { code, changes };
}

/** A mount is not moved with it: the system refuses to rename what something is mounted on. */
function upwardMoves(top: OwnedFolder): MoveUp {
  let count = 0;
  return async (from, name) => {
    await from.unlock(name);
    for (;;) {
      count += 1;
      try {
        return await from.rename(name, top, `moved-up-${count}`);
      } catch (error) {
        // The name is taken, by a file or by a folder that is not empty.
        if (!isCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw error;
      }
    }
  };
}
