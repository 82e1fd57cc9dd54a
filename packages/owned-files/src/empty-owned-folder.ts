import { basename, dirname } from 'node:path';
import { emptyFolder, removeTree } from './empty-folder.js';
import { isCode } from './error-code.js';
import { OwnedFolder } from './owned-folder.js';

/**
 * Deletes the contents of the folder at `path` below `root`. If something else is there, such as a link, deletes that
 * instead. Does nothing if nothing is there.
 *
 * @throws The system's error if anything is left.
 */
export async function emptyOwnedFolder(root: string, path: string): Promise<void> {
  try {
    const parent = await OwnedFolder.openBelow(root, dirname(path));
    await emptyIn(parent, basename(path)).finally(() => parent.close());
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

async function emptyIn(parent: OwnedFolder, name: string): Promise<void> {
  if (!(await parent.lstat(name)).isDirectory()) return removeTree(parent, name);
  const folder = await parent.openUnlocked(name);
  const [left] = await emptyFolder(folder).finally(() => folder.close());
  if (left)
    throw Object.assign(new Error(`${left.name} cannot be deleted: ${left.code}.`), { code: left.code });
}
