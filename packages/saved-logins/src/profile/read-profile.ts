import { constants } from 'node:fs';
import { basename } from 'node:path';
import { isCode, OwnedFolder } from '@escarp/owned-files';
import { LoginError } from '../errors.js';
import { profileBytesMax, profileFilesMax } from './profile-limits.js';
import { isKeptPath, keptTops } from './profile-paths.js';

/**
 * What is kept of a browser's profile that nothing uses: for each file a line of JSON with its path and size, and its bytes.
 * Only files and the folders they are in; no link is followed or kept.
 *
 * @throws LoginError `login_too_large` for more than a saved login can hold.
 */
export async function* readProfile(folder: string, filesMax = profileFilesMax): AsyncGenerator<Uint8Array> {
  const root = await OwnedFolder.open(folder);
  let bytesLeft = profileBytesMax;
  let filesLeft = filesMax;
  try {
    const profile = await root.openFolder('Default');
    try {
      for (const top of keptTops)
        for await (const { path, content } of filesAt(profile, basename(top), top, () => bytesLeft)) {
          bytesLeft -= content.byteLength;
          filesLeft -= 1;
          if (filesLeft < 0) throw tooLarge();
          yield Buffer.from(`${JSON.stringify({ path, bytes: content.byteLength })}\n`);
          yield content;
        }
    } finally {
      await profile.close();
    }
  } finally {
    await root.close();
  }
}

interface ProfileFile {
  readonly path: string;
  readonly content: Uint8Array;
}

async function* filesAt(
  folder: OwnedFolder,
  name: string,
  path: string,
  bytesMax: () => number,
): AsyncGenerator<ProfileFile> {
  const found = await folder.lstat(name).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (found === undefined || !isKeptPath(path)) return;
  if (found.isFile()) yield { path, content: await contentOf(folder, name, bytesMax()) };
  if (found.isDirectory()) yield* filesBelow(folder, name, path, bytesMax);
}

async function* filesBelow(
  parent: OwnedFolder,
  name: string,
  path: string,
  bytesMax: () => number,
): AsyncGenerator<ProfileFile> {
  const folder = await parent.openFolder(name);
  try {
    for await (const entry of folder.names()) {
      const below = entry.toString('utf8');
      yield* filesAt(folder, below, `${path}/${below}`, bytesMax);
    }
  } finally {
    await folder.close();
  }
}

async function contentOf(folder: OwnedFolder, name: string, bytesMax: number): Promise<Uint8Array> {
  const file = await folder.openFile(name, constants.O_RDONLY);
  try {
    const { size } = await file.stat();
    if (size > bytesMax) throw tooLarge();
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function tooLarge(): LoginError {
  const megabytes = profileBytesMax / 1_000_000;
  return new LoginError(
    'login_too_large',
    `What the sites keep is more than a full login can hold: ${megabytes} MB in ${profileFilesMax} files.`,
    { hint: 'Sign in again and visit fewer sites, or save the login without --full.' },
  );
}
