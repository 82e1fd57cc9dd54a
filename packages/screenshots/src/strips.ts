import type { OwnedFolder } from '@escarp/owned-files';
import { isCode, removeTree } from '@escarp/owned-files';
import * as v from 'valibot';
import { type KeptLimits, keptLimits, stripLimits } from './limits.js';
import { leaseId, type StoredStrip, type StripLease } from './strip.js';
import {
  inStrip,
  isKept,
  markKept,
  openStrips,
  readList,
  readPictureIn,
  unlessMissing,
} from './strip-folder.js';

/** Every strip there is, that of the newest lease first. What cannot be read is left out. */
export async function listStrips(home: string): Promise<StoredStrip[]> {
  const strips: StoredStrip[] = [];
  for (const lease of await leaseIds(home)) {
    const strip = await readStrip(home, lease);
    if (strip !== undefined) strips.push(strip);
  }
  return strips.toSorted(newestFirst);
}

function newestFirst(a: StripLease, b: StripLease): number {
  return b.since - a.since || b.fence - a.fence;
}

async function readStrip(home: string, lease: string): Promise<StoredStrip | undefined> {
  const read = async (folder: OwnedFolder): Promise<StoredStrip | undefined> => {
    const list = await readList(folder);
    return list?.lease === lease ? { ...list, isKept: await isKept(folder) } : undefined;
  };
  return inStrip(home, lease, read).catch(() => undefined);
}

/** The JPEG of one picture; undefined if it is not there, or not there any more. */
export async function readPicture(home: string, lease: string, file: string): Promise<Buffer | undefined> {
  return inStrip(home, lease, (folder) => readPictureIn(folder, file, stripLimits.pictureBytesMax));
}

/** Lets a strip outlive its lease; false if there is none. Throws the system's errors. */
export async function keepStrip(home: string, lease: string): Promise<boolean> {
  await inStrip(home, lease, markKept);
  // Its lease may have ended in between, and taken it along.
  return (await inStrip(home, lease, isKept)) === true;
}

/** Deletes a strip, kept or not; false if there is none. Throws the system's errors. */
export async function removeStrip(home: string, lease: string): Promise<boolean> {
  return (await remove(home, lease, async () => true)) === 'removed';
}

/** Deletes a strip unless it is kept; true if there is none then. Throws the system's errors. */
export async function discardStrip(home: string, lease: string): Promise<boolean> {
  return (await remove(home, lease, async (folder) => !(await isKept(folder)))) !== 'stays';
}

/**
 * Deletes what nobody is to see any more: strips of leases that have ended and are not kept, and the oldest of the kept
 * ones where there are too many. Folders that no lease can have made, because the user put them there, stay. Throws the
 * system's errors.
 */
export async function tidyStrips(
  home: string,
  isLive: (lease: string) => boolean,
  limits: KeptLimits = keptLimits,
): Promise<void> {
  const strips = await openStrips(home);
  if (strips === undefined) return;
  try {
    for await (const name of strips.names()) if (isLeaving(name)) await removeTree(strips, name);
  } finally {
    await strips.close();
  }
  const kept: StoredStrip[] = [];
  for (const lease of (await leaseIds(home)).filter(isUuid)) {
    const stays = !isLive(lease) && !(await discardStrip(home, lease));
    const strip = stays ? await readStrip(home, lease) : undefined;
    if (strip !== undefined) kept.push(strip);
  }
  for (const { lease } of beyond(kept.toSorted(newestFirst), limits)) await removeStrip(home, lease);
}

const isUuid = (id: string): boolean => v.is(v.pipe(v.string(), v.uuid()), id);

/** The strips that are too many, given the newest first. */
function beyond(strips: readonly StoredStrip[], { stripsMax, bytesMax }: KeptLimits): StoredStrip[] {
  let bytes = 0;
  return strips.filter(({ pictures }, index) => {
    bytes += pictures.reduce((sum, picture) => sum + picture.bytes, 0);
    return index >= stripsMax || bytes > bytesMax;
  });
}

const leavingPrefix = '.leaving-';
const isLeaving = (name: Buffer): boolean => name.toString('utf8').startsWith(leavingPrefix);

/**
 * Moved away first, so that nobody finds half of it; then it is looked at once more, because it may have been marked as
 * kept a moment ago. Another program may be deleting the same strip: who comes second finds it missing.
 */
async function remove(
  home: string,
  lease: string,
  mayGo: (folder: OwnedFolder) => Promise<boolean>,
): Promise<'removed' | 'stays' | 'missing'> {
  const mayBeMoved = await inStrip(home, lease, mayGo);
  if (mayBeMoved === false) return 'stays';
  const strips = mayBeMoved === undefined ? undefined : await openStrips(home);
  if (strips === undefined) return 'missing';
  try {
    const leaving = `${leavingPrefix}${lease}`;
    if (!(await isMoved(strips, lease, leaving))) return 'missing';
    const folder = await unlessMissing(strips.openFolder(leaving));
    const stays = folder !== undefined && !(await mayGo(folder).finally(() => folder.close()));
    if (stays) await strips.rename(leaving, strips, lease);
    else await removeTree(strips, leaving);
    return stays ? 'stays' : 'removed';
  } finally {
    await strips.close();
  }
}

/** False if there is no such strip, or no more. */
async function isMoved(strips: OwnedFolder, lease: string, leaving: string): Promise<boolean> {
  const move = async () =>
    (await unlessMissing(strips.rename(lease, strips, leaving).then(() => true))) === true;
  try {
    return await move();
  } catch (error) {
    // Whoever deleted an earlier strip of this lease ended in the middle of it.
    if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    await removeTree(strips, leaving);
    return move();
  }
}

async function leaseIds(home: string): Promise<string[]> {
  const strips = await openStrips(home);
  if (strips === undefined) return [];
  const ids: string[] = [];
  try {
    for await (const name of strips.names()) {
      const id = name.toString('utf8');
      if (v.is(leaseId, id)) ids.push(id);
    }
  } finally {
    await strips.close();
  }
  return ids;
}
