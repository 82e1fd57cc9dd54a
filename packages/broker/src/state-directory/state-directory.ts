import { access, constants, lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode, makeFileOnce, makeRootFolder, OwnedFolder, systemReason } from '@escarp/owned-files';
import { DaemonError } from '../errors.js';
import { readPrivateFile } from './private-file.js';

/** Where everything that outlives a process is kept. */
export interface StateDirectory {
  readonly home: string;
  readonly pool: string;
  readonly daemon: string;
  /** How to reach the viewer. */
  readonly viewer: string;
  readonly leases: string;
  readonly secret: string;
  readonly apiToken: string;
  readonly journal: string;
  readonly locks: string;
  readonly chrome: string;
  readonly log: string;
}

/** The paths of the files and folders in a state directory; accesses none of them. */
export function stateDirectory(home: string): StateDirectory {
  return {
    home,
    pool: join(home, 'pool.json'),
    daemon: join(home, 'daemon.json'),
    viewer: join(home, 'viewer.json'),
    leases: join(home, 'leases.json'),
    secret: join(home, 'secret'),
    apiToken: join(home, 'api-token'),
    journal: join(home, 'journal'),
    locks: join(home, 'locks'),
    chrome: join(home, 'chrome'),
    log: join(home, 'logs', 'daemon.log'),
  };
}

const folders = ['journal', 'locks', 'run', 'tmp', 'logs', 'profiles'];

/** What is in these is deleted as soon as no lease needs it. */
const emptiedFolders = ['trash', 'screenshots'];

/**
 * Creates the directory if necessary. It must be ours alone and not a link, because others could plant what we trust. A
 * directory that has other uses, such as a project, is accepted only while no folder of it has a name whose files escarp
 * deletes.
 *
 * @throws DaemonError `state_directory_unusable` if it is not ours alone, has such a folder or cannot be written.
 */
export async function openStateDirectory(home: string, uid: number | undefined): Promise<StateDirectory> {
  try {
    await makeRootFolder(home);
    await refuseStranger(home, uid);
    await refuseFilesOfOthers(home);
    for (const folder of folders) {
      await makeFolder(home, folder);
      await refuseStranger(join(home, folder), uid);
    }
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof DaemonError) throw error;
    throw unusable(home, `cannot be written: ${systemReason(error)}`, error);
  }
  return stateDirectory(home);
}

/**
 * Refuses a place where no state directory is and none can be made: a file, a path below a file, or a link to nothing. A
 * command that only reads would otherwise find nothing there, and say so as if the pool were new.
 *
 * @throws DaemonError `state_directory_unusable`.
 */
export async function refuseUnfitHome(home: string): Promise<void> {
  try {
    const found = await stat(home);
    if (!found.isDirectory()) throw unusable(home, 'is not a directory');
  } catch (error) {
    if (error instanceof DaemonError) throw error;
    if (!isCode(error, 'ENOENT')) throw unusable(home, `cannot be reached: ${systemReason(error)}`, error);
    if (await isThere(home)) throw unusable(home, 'is a symbolic link to nothing', error);
  }
}

/** Anything else in its place, including a link, is examined by the caller. */
async function makeFolder(home: string, name: string): Promise<void> {
  const folder = await OwnedFolder.open(home);
  try {
    await (await folder.makeFolder(name)).close();
  } catch (error) {
    if (!isCode(error, 'ENOTDIR', 'ELOOP')) throw error;
  } finally {
    await folder.close();
  }
}

async function refuseStranger(path: string, uid: number | undefined): Promise<void> {
  const found = await lstat(path);
  if (!found.isDirectory()) throw unusable(path, 'is not a directory of its own');
  if (uid !== undefined && found.uid !== uid) throw unusable(path, 'belongs to another user');
  if ((found.mode & 0o022) !== 0) throw unusable(path, 'can be written by others');
}

/** Made at the first start. One of them may have been lost since. */
const signs = ['instance', 'journal.mark'];

async function refuseFilesOfOthers(home: string): Promise<void> {
  const found = await Promise.all(signs.map((name) => isThere(join(home, name))));
  if (found.includes(true)) return;
  for (const folder of emptiedFolders) {
    const names = await readdir(join(home, folder)).catch((error: unknown) => {
      if (isCode(error, 'ENOENT', 'ENOTDIR')) return [];
      throw error;
    });
    if (names.length === 0) continue;
    const why = `is not one of escarp's yet, and escarp would delete the files in its folder ${folder}`;
    throw unusable(home, why, undefined, 'Set ESCARP_HOME to a new or an empty directory.');
  }
}

const ownerHint = 'Set ESCARP_HOME to a directory that is yours alone, or correct its owner and mode (0700).';

function unusable(path: string, why: string, cause?: unknown, hint = ownerHint): DaemonError {
  return new DaemonError('state_directory_unusable', `The state directory ${path} ${why}.`, hint, cause);
}

/**
 * Reads a secret, and creates it first if there is none. Two processes that race for it end up with the same one.
 *
 * @throws DaemonError `state_directory_unusable` if it cannot be written or others could read it.
 */
export async function readOrMakeSecret(path: string, make: () => string): Promise<string> {
  try {
    if (!(await isThere(path))) await makeFileOnce(path, fit(path, make()));
  } catch (error) {
    if (error instanceof DaemonError) throw error;
    throw unusable(path, 'cannot be written', error);
  }
  return readSecret(path);
}

const secretCharsMin = 16;
const secretBytesMax = 10_000;

/**
 * A secret that others may read is not a secret.
 *
 * @throws DaemonError `state_directory_unusable` if it is missing, too short, or others could read it.
 */
export async function readSecret(path: string): Promise<string> {
  const { mode } = await lstat(path);
  if ((mode & 0o077) !== 0 || (mode & constants.S_IFMT) !== constants.S_IFREG) {
    throw unusable(path, 'holds a secret that others could read or replace');
  }
  return fit(path, ((await readPrivateFile(path, secretBytesMax)) ?? '').trim());
}

/** What is written satisfies the check that is made when it is read. */
function fit(path: string, secret: string): string {
  if (secret.length >= secretCharsMin) return secret;
  throw unusable(path, 'holds no secret; delete the file');
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
