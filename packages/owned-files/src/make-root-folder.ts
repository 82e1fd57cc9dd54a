import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCode } from './error-code.js';

/**
 * Makes the folder that a tree of ours begins with, and those above it that are missing, each for its owner alone. Not by
 * Node's recursive `mkdir`, which never ends where a parent exists and yet takes no folders, as /proc does. Throws the
 * system's errors.
 */
export async function makeRootFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isCode(error, 'EEXIST')) return;
    if (!isCode(error, 'ENOENT') || dirname(path) === path) throw error;
    await makeRootFolder(dirname(path));
    await mkdir(path, { mode: 0o700 }).catch((again: unknown) => {
      if (!isCode(again, 'EEXIST')) throw again;
    });
  }
}
