import { codeOf, isCode } from './error-code.js';
import type { EntryName, FolderEntry, OwnedFolder } from './owned-folder.js';

/** What could not be deleted, and the system's word for why: EPERM for one that is marked as immutable, for example. */
export interface Undeleted {
  readonly name: string;
  readonly code: string;
}

/**
 * Deletes everything in a folder and resolves with what could not be deleted, one entry per name directly in the folder.
 * Links are deleted and not followed, and mount points are neither entered nor emptied. Folders are made writable first.
 * A tree may be deeper than a path can be long: deep folders are moved up first, so that few folders are open at a time.
 * Stops early once one of the signals is aborted.
 */
export async function emptyFolder(
  folder: OwnedFolder,
  ...signals: readonly AbortSignal[]
): Promise<Undeleted[]> {
  const stuck = new Map<string, string>();
  const isOver = (): boolean => signals.some(({ aborted }) => aborted);
  const work: Emptying = { moveUp: upwardMoves(folder), isOver };
  for (let hasChanged = true; hasChanged && !isOver();) {
    hasChanged = false;
    for await (const entry of folder.entries()) {
      if (isOver()) break;
      const key = entry.name.toString('latin1');
      if (stuck.has(key)) continue;
      const { code, isChanged } = await removeOrFlatten(folder, entry, work);
      if (code !== undefined) stuck.set(key, code);
      hasChanged ||= isChanged;
    }
  }
  return [...stuck].map(([key, code]) => ({ name: Buffer.from(key, 'latin1').toString(), code }));
}

/** Deletes a name with all that is below it; rejects with the system's error when something of it stays. */
export async function removeTree(parent: OwnedFolder, name: EntryName): Promise<void> {
  if (await isRemoved(parent, { name, isFolder: false })) return;
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

interface Emptying {
  readonly moveUp: (from: OwnedFolder, name: EntryName) => Promise<void>;
  readonly isOver: () => boolean;
}

interface Removal {
  /** Why the name is still there; undefined when it is gone. */
  readonly code?: string;
  /** Whether anything was deleted or moved. */
  readonly isChanged: boolean;
}

const triesMax = 3;

/** Folders on the way down that are held open at once. Where a path is looked up again each time, it must stay short. */
const depthMax = process.platform === 'linux' ? 8 : 1;

async function removeOrFlatten(parent: OwnedFolder, entry: FolderEntry, work: Emptying): Promise<Removal> {
  let isChanged = false;
  try {
    for (let tries = 0; tries < triesMax; tries += 1) {
      if (await isRemoved(parent, entry)) return { isChanged: true };
      const { code, changes } = await flatten(parent, entry.name, work, 1);
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
async function isRemoved(parent: OwnedFolder, { name, isFolder }: FolderEntry): Promise<boolean> {
  if (!isFolder && (await isUnlinked(parent, name))) return true;
  try {
    await parent.removeFolder(name);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return true;
    // What was a folder when it was listed.
    if (isFolder && isCode(error, 'ENOTDIR')) return isRemoved(parent, { name, isFolder: false });
    if (isCode(error, 'ENOTEMPTY', 'EEXIST', 'EACCES')) return false;
    throw error;
  }
}

/** False for a folder. */
async function isUnlinked(parent: OwnedFolder, name: EntryName): Promise<boolean> {
  try {
    await parent.unlink(name);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return true;
    // For a folder Linux says EISDIR and macOS EPERM.
    if (!isCode(error, 'EISDIR', 'EPERM')) throw error;
    if (!(await parent.lstat(name)).isDirectory()) throw error;
    return false;
  }
}

interface Flattened {
  /** Why something in it stays where it is; undefined if nothing does. */
  readonly code: string | undefined;
  readonly changes: number;
}

/** Deletes what is in a folder, and moves the folders that lie too deep up to be dealt with there. */
async function flatten(
  parent: OwnedFolder,
  name: EntryName,
  work: Emptying,
  depth: number,
): Promise<Flattened> {
  const folder = await parent.openUnlocked(name);
  let code: string | undefined;
  let changes = 0;
  try {
    for await (const entry of folder.entries()) {
      if (work.isOver()) break;
      try {
        const isEntered = entry.isFolder && depth < depthMax;
        const inner = isEntered ? await flattened(folder, entry.name, work, depth + 1) : untouched;
        changes += inner.changes;
        const isGone = await isRemoved(folder, entry);
        if (isGone || inner.code === undefined) {
          if (!isGone) await work.moveUp(folder, entry.name);
          changes += 1;
        } else code ??= inner.code;
      } catch (error) {
        code ??= codeOf(error);
      }
    }
  } finally {
    await folder.close();
  }
  return { code, changes };
}

const untouched: Flattened = { code: undefined, changes: 0 };

/**
 * One that cannot be opened may have become something else, which can be deleted. Where descriptors are short, a folder lies
 * too deep sooner.
 */
async function flattened(
  parent: OwnedFolder,
  name: EntryName,
  work: Emptying,
  depth: number,
): Promise<Flattened> {
  const { code, changes } = await flatten(parent, name, work, depth).catch((error: unknown) => ({
    code: codeOf(error),
    changes: 0,
  }));
  return { code: code === 'EMFILE' ? undefined : code, changes };
}

/** A mount is not moved with it: the system refuses to rename what something is mounted on. */
function upwardMoves(top: OwnedFolder): Emptying['moveUp'] {
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
