// oxlint-disable-next-line no-restricted-imports -- these are files of the user's own, at the path they name.
import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isCode } from '@escarp/owned-files';

/**
 * The path without links, also if nothing is there yet: the links are the user's own and stay, and what is written goes to where
 * they lead. Throws the system's errors if the folder cannot be found.
 */
export async function linkTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const link = isCode(error, 'ENOENT') ? await readlink(path).catch(() => undefined) : undefined;
    if (link !== undefined) return linkTarget(resolve(dirname(path), link));
    return join(await realpath(dirname(path)), basename(path));
  }
}
