import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { isCode, makeFileOnce, makeRootFolder, openOwnedFile } from '@escarp/owned-files';
import { LoginError } from '../errors.js';

const bytesMax = 10_000;

/**
 * The content of a file with a key; undefined when there is none.
 *
 * @throws LoginError `login_key_missing` for a file that others can read or write, or that is a link.
 */
export async function readKeyFile(path: string): Promise<Buffer | undefined> {
  const file = await openOwnedFile(path, constants.O_RDONLY).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    if (isCode(error, 'ELOOP', 'ENOTDIR')) throw unfit(path, 'is a link');
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const { mode, size } = await file.stat();
    if ((mode & 0o077) !== 0) throw unfit(path, 'can be read by others');
    if (size > bytesMax) throw unfit(path, 'is too large');
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Makes the file, and its folder, for their owner alone. False when there is one by now. */
export async function makeKeyFile(path: string, content: string): Promise<boolean> {
  await makeRootFolder(dirname(path));
  return makeFileOnce(path, content);
}

function unfit(path: string, why: string): LoginError {
  return new LoginError('login_key_missing', `The key file ${path} ${why}.`, {
    hint: `If it is yours, run chmod 600 ${path}; otherwise delete it, and sign in again.`,
  });
}
