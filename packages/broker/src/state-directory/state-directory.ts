import { access, constants, link, lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from './atomic-file.js';
import { DaemonError } from '../errors.js';
import { readPrivateFile } from './private-file.js';

/** Where everything that outlives a process is kept. */
export interface StateDirectory {
  readonly home: string;
  readonly pool: string;
  readonly daemon: string;
  readonly leases: string;
  readonly secret: string;
  readonly apiToken: string;
  readonly journal: string;
  readonly locks: string;
  readonly chrome: string;
  readonly log: string;
}

export function stateDirectory(home: string): StateDirectory {
  return {
    home,
    pool: join(home, 'pool.json'),
    daemon: join(home, 'daemon.json'),
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

/** Makes the directory if need be. It must be ours alone and no link: others could plant what we trust. */
export async function openStateDirectory(home: string, uid: number | undefined): Promise<StateDirectory> {
  try {
    await makeFolder(home);
    await refuseStranger(home, uid);
    for (const folder of folders) {
      await makeFolder(join(home, folder));
      await refuseStranger(join(home, folder), uid);
    }
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof DaemonError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw unusable(home, `cannot be written: ${why}`, error);
  }
  return stateDirectory(home);
}

/** Not by Node's recursive `mkdir`, which never ends where a parent exists and yet takes no folders, as /proc does. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isCode(error, 'EEXIST')) return;
    if (!isCode(error, 'ENOENT') || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o700 }).catch((again: unknown) => {
      if (!isCode(again, 'EEXIST')) throw again;
    });
  }
}

async function refuseStranger(path: string, uid: number | undefined): Promise<void> {
  const found = await lstat(path);
  if (!found.isDirectory()) throw unusable(path, 'is not a directory of its own');
  if (uid !== undefined && found.uid !== uid) throw unusable(path, 'belongs to another user');
  if ((found.mode & 0o022) !== 0) throw unusable(path, 'can be written by others');
}

function unusable(path: string, why: string, cause?: unknown): DaemonError {
  const hint = 'Set ESCARP_HOME to a directory that is yours alone, or mend its owner and mode (0700).';
  return new DaemonError('state_directory_unusable', `The state directory ${path} ${why}.`, hint, cause);
}

/** Reads a secret, making it first if there is none. Two processes that race for it end up with the same one. */
export async function readOrMakeSecret(path: string, make: () => string): Promise<string> {
  try {
    if (!(await isThere(path))) await writeSecret(path, make());
  } catch (error) {
    throw unusable(path, 'cannot be written', error);
  }
  return readSecret(path);
}

const secretCharsMin = 16;
const secretBytesMax = 10_000;

/** A secret that others may read is not one. */
export async function readSecret(path: string): Promise<string> {
  const { mode } = await lstat(path);
  if ((mode & 0o077) !== 0 || (mode & constants.S_IFMT) !== constants.S_IFREG) {
    throw unusable(path, 'holds a secret that others could read or replace');
  }
  const secret = ((await readPrivateFile(path, secretBytesMax)) ?? '').trim();
  if (secret.length < secretCharsMin) throw unusable(path, 'holds no secret; delete the file');
  return secret;
}

/** A link appears with its content, whole, and never replaces what is there. */
async function writeSecret(path: string, secret: string): Promise<void> {
  const folder = await mkdtemp(`${path}-`);
  try {
    const draft = join(folder, 'draft');
    await writeFile(draft, secret, { mode: 0o600, flush: true });
    await link(draft, path).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) throw error;
    });
    await syncDirectory(dirname(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
