/// <reference lib="dom" />
// These functions run in a page, as the text of this file's functions: they refer to each other and to nothing else.

import type { PageTools, StoragePlace } from './storage-place.js';

interface CountedDatabase {
  readonly bucket: string | null;
  readonly name: string;
  /** Number of records. */
  readonly records: number;
}

interface CountedPlace {
  readonly databases: readonly CountedDatabase[];
  /** Number of files. */
  readonly files: number;
}

/** How many of what `captureOrigin` would find there are, and the entries of localStorage themselves. */
export interface CountedOrigin extends CountedPlace {
  readonly localStorage: readonly (readonly [string, string])[];
  readonly buckets: readonly string[];
}

/** Counts what scripts of this origin can read, and reads no more of it than localStorage. */
export async function countOrigin(tools: PageTools): Promise<CountedOrigin> {
  const named = tools.storageBuckets();
  const buckets = (await named?.keys()) ?? [];
  const places = [await countPlace(null, tools.ownPlace(), tools.settled)];
  for (const name of buckets) places.push(await countPlace(name, await named!.open(name), tools.settled));
  return {
    localStorage: Object.entries(localStorage),
    databases: places.flatMap(({ databases }) => databases),
    files: places.reduce((sum, { files }) => sum + files, 0),
    buckets,
  };
}

async function countPlace(
  bucket: string | null,
  place: StoragePlace,
  settled: PageTools['settled'],
): Promise<CountedPlace> {
  const databases: CountedDatabase[] = [];
  for (const { name = '' } of (await place.indexedDB?.databases()) ?? []) {
    const database = await settled(place.indexedDB!.open(name));
    databases.push({ bucket, name, records: await countRecords(database, settled) });
    database.close();
  }
  const root = await place.getDirectory?.();
  return { databases, files: root === undefined ? 0 : await countFiles(root) };
}

async function countRecords(database: IDBDatabase, settled: PageTools['settled']): Promise<number> {
  let records = 0;
  for (const store of database.objectStoreNames)
    records += await settled(database.transaction(store).objectStore(store).count());
  return records;
}

async function countFiles(directory: FileSystemDirectoryHandle): Promise<number> {
  let files = 0;
  for await (const handle of directory.values())
    files += handle.kind === 'directory' ? await countFiles(handle) : 1;
  return files;
}

/** The functions of this file, to be declared in a page. */
export const countOriginSource = [countOrigin, countPlace, countRecords, countFiles].join('\n');
