import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PoolError } from './errors.js';
import { writeInitialPreferences } from './initial-preferences.js';
import { isRecord } from './plain-data.js';
import { trashRoot } from './slot-paths.js';
import type { PoolHome, SlotPaths } from './slot-paths.js';

/** Makes every folder a launch needs, and seeds the profile when it is new. Rejects with `state_directory_unusable`. */
export async function prepareSlotDirectories(paths: SlotPaths): Promise<void> {
  try {
    await makePrivate(dirname(paths.tmp));
    await makePrivate(dirname(paths.profile));
    await mkdir(paths.tmp, { recursive: true, mode: 0o700 });
    await mkdir(dirname(paths.log), { recursive: true, mode: 0o700 });
    if (!(await exists(join(paths.profile, 'Default')))) await writeInitialPreferences(paths);
    await dropProfileLock(paths.profile);
  } catch (cause) {
    if (cause instanceof PoolError) throw cause;
    throw new PoolError('state_directory_unusable', `The folders of ${paths.profile} cannot be made.`, {
      details: { profile: paths.profile },
      cause,
    });
  }
}

/**
 * Takes the folders out of the way at once and returns the deletion, which may go on in the background: deleting a
 * profile takes longer than launching a browser.
 */
export async function discardDirectories(
  place: PoolHome,
  newId: () => string,
  folders: readonly string[],
): Promise<() => Promise<void>> {
  const trash = trashRoot(place);
  await makePrivate(trash);
  const moved = await Promise.all(folders.map((folder) => moveAway(folder, join(trash, newId()))));
  return async () => {
    await Promise.all(moved.map(deleteTree));
  };
}

/** Deletes what interrupted resets left behind. */
export async function sweepTrash(place: PoolHome): Promise<void> {
  const trash = trashRoot(place);
  // A link in its place would have what it leads to deleted.
  await makePrivate(trash);
  const names = await readdir(trash);
  await Promise.all(names.map((name) => deleteTree(join(trash, name))));
}

async function moveAway(folder: string, trashed: string): Promise<string> {
  try {
    await rename(folder, trashed);
    return trashed;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return trashed;
    // The short TMPDIR of a long home may be on another file system, where only deleting in place works.
    if (codeOf(error) !== 'EXDEV') throw error;
    await deleteTree(folder);
    return trashed;
  }
}

function deleteTree(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5 });
}

// A folder below a shared /tmp could have been put there by somebody else to catch what the browser writes, and a
// link could lead what is written, or deleted, out of the state directory.
async function makePrivate(folder: string): Promise<void> {
  const made = mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await made.catch(() => undefined).then(() => lstat(folder));
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return;
  throw new PoolError('state_directory_unusable', `${folder} belongs to somebody else.`, {
    details: { folder },
  });
}

// A killed browser leaves its lock, and the pid in it may by now be another process's; Chrome would then refuse to
// start. The caller has made sure that no process uses the profile.
async function dropProfileLock(profile: string): Promise<void> {
  const names = ['SingletonLock', 'SingletonSocket', 'SingletonCookie'];
  await Promise.all(names.map((name) => rm(join(profile, name), { force: true })));
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function codeOf(error: unknown): unknown {
  return isRecord(error) ? error.code : undefined;
}
