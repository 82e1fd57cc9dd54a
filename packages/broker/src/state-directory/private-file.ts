import type { FileHandle } from 'node:fs/promises';
// From here and not from `node:fs`, which also loads streams.
// oxlint-disable-next-line no-restricted-imports -- this only reads, also a file of the user's own choice.
import { constants, open } from 'node:fs/promises';
import { isCode, systemReason } from '@escarp/owned-files';
import { DaemonError } from '../errors.js';

/**
 * Flags for files in the state directory: a link is not followed, because it may lead out of the directory, and opening
 * a pipe does not block, because there may never be a process at its other end.
 */
const notElsewhere = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The whole content of a small file in the state directory, or undefined if there is none. Throws
 * `state_directory_unusable` if it is not a plain file, is larger than `bytesMax`, or could have been written by
 * others.
 */
export async function readPrivateFile(path: string, bytesMax: number): Promise<string | undefined> {
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  try {
    await refuseUnfit(path, file, bytesMax);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** The same checks for a file of any size that is read in pieces. */
export async function openPrivateFile(path: string): Promise<FileHandle | undefined> {
  const file = await openIfThere(path);
  try {
    if (file !== undefined) await refuseUnfit(path, file, Infinity);
    return file;
  } catch (error) {
    await file?.close();
    throw error;
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | notElsewhere);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw unusable(
      path,
      isCode(error, 'ELOOP') ? 'is a symbolic link' : `cannot be read: ${systemReason(error)}`,
    );
  }
}

async function refuseUnfit(path: string, file: FileHandle, bytesMax: number): Promise<void> {
  const found = await file.stat();
  if (!found.isFile()) throw unusable(path, 'is not a plain file');
  if ((found.mode & 0o022) !== 0) throw unusable(path, 'can be written by others');
  if (found.size > bytesMax) throw unusable(path, `is larger than ${bytesMax} bytes`);
}

function unusable(path: string, why: string): DaemonError {
  return new DaemonError(
    'state_directory_unusable',
    `${path} ${why}.`,
    'Delete it if it is not yours, or correct its owner and mode (0600).',
  );
}
