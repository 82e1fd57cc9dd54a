import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode } from '@escarp/owned-files';

/**
 * Everything below a folder, which must exist. It may be in use meanwhile: what vanishes while it is read, such as what a
 * daemon threw away, is left out.
 */
export async function entriesBelow(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const inside = entries
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => (await unlessGone(entriesBelow(join(folder, name)))) ?? []);
  return [...entries, ...(await Promise.all(inside)).flat()];
}

/** Paths of all files there. */
export async function filesBelow(folder: string): Promise<string[]> {
  const files = (await entriesBelow(folder)).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name));
}

/**
 * Those of the files below the folder that hold one of the secrets. Throws if it was given nothing to look for, or found
 * nothing to look into: finding no secret would mean nothing then.
 */
export async function filesWith(
  secrets: Iterable<string>,
  folder: string,
  isSearched: (path: string) => boolean = () => true,
): Promise<string[]> {
  const wanted = [...secrets];
  const found: string[] = [];
  let bytes = 0;
  for (const path of (await filesBelow(folder)).filter(isSearched)) {
    const content = (await unlessGone(readFile(path))) ?? Buffer.alloc(0);
    bytes += content.length;
    if (wanted.some((secret) => content.includes(secret))) found.push(path);
  }
  if (wanted.length === 0 || bytes === 0) throw new Error(`Nothing was looked for, or read, in ${folder}.`);
  return found;
}

async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}
