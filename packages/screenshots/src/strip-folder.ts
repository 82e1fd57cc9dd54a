import { constants } from 'node:fs';
import { join } from 'node:path';
import { isCode, OwnedFolder } from '@escarp/owned-files';
import * as v from 'valibot';
import { leaseId, pictureFile, type Strip, stripSchema } from './strip.js';

export const listFile = 'strip.json';
/** Its presence says that the strip outlives its lease. */
export const keptFile = 'kept';
const listBytesMax = 2_000_000;

/** The folder of all strips in a state directory. */
export function stripsPath(home: string): string {
  return join(home, 'screenshots');
}

/** Opens the folder of all strips; undefined if there is none. */
export async function openStrips(home: string): Promise<OwnedFolder | undefined> {
  return unlessMissing(OwnedFolder.openBelow(home, stripsPath(home)));
}

/** Does something in the folder of one strip; undefined if there is none, or the id is not that of a lease. */
export async function inStrip<T>(
  home: string,
  lease: string,
  work: (folder: OwnedFolder) => Promise<T>,
): Promise<T | undefined> {
  if (!v.is(leaseId, lease)) return undefined;
  const folder = await unlessMissing(OwnedFolder.openBelow(home, join(stripsPath(home), lease)));
  if (folder === undefined) return undefined;
  return work(folder).finally(() => folder.close());
}

/** What the list of a folder says; undefined if there is none, or it is not one of ours. */
export async function readList(folder: OwnedFolder): Promise<Strip | undefined> {
  const bytes = await readIn(folder, listFile, listBytesMax);
  if (bytes === undefined) return undefined;
  try {
    return v.parse(stripSchema, JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

export async function isKept(folder: OwnedFolder): Promise<boolean> {
  return (await unlessMissing(folder.lstat(keptFile)))?.isFile() === true;
}

export async function markKept(folder: OwnedFolder): Promise<void> {
  const file = await folder.openFile(keptFile, constants.O_WRONLY | constants.O_CREAT);
  await file.close();
}

/** One picture of a folder; undefined for any other name. */
export async function readPictureIn(
  folder: OwnedFolder,
  file: string,
  bytesMax: number,
): Promise<Buffer | undefined> {
  return v.is(pictureFile, file) ? readIn(folder, file, bytesMax) : undefined;
}

async function readIn(folder: OwnedFolder, name: string, bytesMax: number): Promise<Buffer | undefined> {
  const file = await unlessMissing(folder.openFile(name, constants.O_RDONLY));
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    return found.isFile() && found.size <= bytesMax ? await file.readFile() : undefined;
  } finally {
    await file.close();
  }
}

/** Undefined for what is not there, and for a link in its place. */
export async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
    throw error;
  }
}
