// oxlint-disable-next-line no-restricted-imports -- this only reads, a file of the user's own choice.
import { open } from 'node:fs/promises';
import { isCode, systemReason } from '@escarp/owned-files';
import { UsageError } from '../usage-error.js';

/**
 * The whole content of a file named by the user. Throws a usage error if it does not exist, is not a file or is too
 * large.
 */
export async function readOwnFile(path: string, bytesMax: number): Promise<Buffer> {
  const file = await open(path).catch((error: unknown) => {
    throw unfit(path, whyNotOpened(error));
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw unfit(path, 'it is not a file');
    if (found.size > bytesMax) throw unfit(path, `it is larger than ${bytesMax} bytes`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function unfit(path: string, why: string): UsageError {
  return new UsageError(`${path} cannot be read: ${why}.`, 'Check the path, or name another file.');
}

/** In words for the cases that mistyped paths lead to; Node's own message would repeat the path. */
function whyNotOpened(error: unknown): string {
  if (isCode(error, 'ENOENT')) return 'there is no such file';
  if (isCode(error, 'EACCES')) return 'you are not allowed to read it';
  return systemReason(error);
}
