import { lstat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { messageOf } from '@escarp/contract';
import { makeRootFolder, OwnedFolder, removeOwned, systemReason } from '@escarp/owned-files';
import type { Trash } from '@escarp/owned-files';
import { PoolError } from './errors.js';
import { writeInitialPreferences } from './initial-preferences.js';
import type { PoolHome, SlotPaths } from './slot-paths.js';

/**
 * Makes every folder a launch needs, and has `seed` fill the profile when it is new: with its first preferences, if nothing
 * else is said. Rejects with `state_directory_unusable`.
 */
export async function prepareSlotDirectories(
  { home }: PoolHome,
  paths: SlotPaths,
  seed: (home: string, paths: SlotPaths) => Promise<void> = writeInitialPreferences,
): Promise<void> {
  try {
    await makeRootFolder(home);
    await together([
      prepareProfile(home, paths, seed),
      prepareTmp(home, paths.tmp),
      make(home, dirname(paths.log)),
      make(home, dirname(paths.record)),
    ]);
  } catch (cause) {
    if (cause instanceof PoolError) throw cause;
    const message = `The folders of ${paths.profile} cannot be created: ${systemReason(cause)}.`;
    throw new PoolError('state_directory_unusable', message, { details: { profile: paths.profile }, cause });
  }
}

async function prepareProfile(
  home: string,
  paths: SlotPaths,
  seed: (home: string, paths: SlotPaths) => Promise<void>,
): Promise<void> {
  const parent = dirname(paths.profile);
  await makePrivate(await OwnedFolder.makeBelow(home, parent), parent);
  await make(home, paths.profile);
  if (await exists(join(paths.profile, 'Default'))) await dropProfileLock(paths.profile);
  else await seed(home, paths);
}

async function prepareTmp(home: string, tmp: string): Promise<void> {
  const parent = dirname(tmp);
  await makePrivate(await tmpRootFolder(home, tmp), parent);
  await make(parent, tmp);
}

async function make(root: string, folder: string): Promise<void> {
  await (await OwnedFolder.makeBelow(root, folder)).close();
}

/** Takes the folders out of the way at once. Rejects with `state_directory_unusable` when one cannot be. */
export async function discardDirectories(
  trash: Trash,
  { home }: PoolHome,
  folders: readonly string[],
): Promise<void> {
  const discard = async (folder: string): Promise<void> => {
    try {
      await trash.discard(folder, isBelow(home, folder) ? home : await privateFolder(dirname(folder)));
    } catch (cause) {
      if (cause instanceof PoolError) throw cause;
      const message = `${folder} cannot be removed: ${messageOf(cause)}`;
      throw new PoolError('state_directory_unusable', message, { details: { folder }, cause });
    }
  };
  await together(folders.map(discard));
}

/**
 * Much of this work is waiting for a thread, so that it takes less time side by side. When one fails, none is still at work
 * that a caller could run into.
 */
async function together(works: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(works);
  await Promise.all(works);
}

/** If the path of the state directory is long, the short TMPDIR is outside it. */
async function tmpRootFolder(home: string, tmp: string): Promise<OwnedFolder> {
  const root = dirname(tmp);
  if (isBelow(home, root)) return OwnedFolder.makeBelow(home, root);
  await makeRootFolder(root);
  return OwnedFolder.open(root);
}

function isBelow(home: string, path: string): boolean {
  return !relative(home, path).startsWith('..');
}

async function privateFolder(path: string): Promise<string> {
  const folder = await OwnedFolder.open(path).catch(() => undefined);
  if (folder !== undefined) await makePrivate(folder, path);
  return path;
}

// A folder below a shared /tmp could have been put there by somebody else to catch what the browser writes.
async function makePrivate(folder: OwnedFolder, path: string): Promise<void> {
  const { uid, mode } = await folder.stat().finally(() => folder.close());
  if (uid === process.getuid?.() && (mode & 0o022) === 0) return;
  throw new PoolError('state_directory_unusable', `${path} belongs to another user.`, {
    details: { folder: path },
  });
}

// A killed browser leaves its lock, and the pid in it may by now be another process's; Chrome would then refuse to
// start. The caller has made sure that no process uses the profile.
async function dropProfileLock(profile: string): Promise<void> {
  const names = ['SingletonLock', 'SingletonSocket', 'SingletonCookie'];
  await Promise.all(names.map((name) => removeOwned(join(profile, name))));
}

/** Whether a browser has been there that was not cleared away since. */
export async function isTaken({ profile, tmp }: SlotPaths): Promise<boolean> {
  const found = await Promise.all([exists(profile), exists(tmp)]);
  return found.includes(true);
}

/** Whether anything has this name, if only a link that leads nowhere. */
async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
