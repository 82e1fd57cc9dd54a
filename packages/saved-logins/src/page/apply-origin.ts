/// <reference lib="dom" />
// These functions run in a page, as the text of this file's functions: they refer to each other and to nothing else.

import type { PageTools, StoragePlace } from './storage-place.js';
import type { StoredDatabase, StoredFile, StoredOrigin, StoredStore } from './stored-origin.js';
import type { EncodedValues } from './structured-values.js';

type Decode = (encoded: EncodedValues) => Promise<unknown[]>;

/** Puts back what `captureOrigin` found, in a browser where this origin has nothing yet. */
export async function applyOrigin(
  { localStorage: entries, buckets }: StoredOrigin,
  decode: Decode,
  tools: PageTools,
): Promise<void> {
  for (const [name, value] of entries) localStorage.setItem(name, value);
  for (const bucket of buckets) {
    const place =
      bucket.name === null
        ? tools.ownPlace()
        : await tools.storageBuckets()!.open(bucket.name, bucket.settings);
    for (const database of bucket.databases)
      await applyDatabase(place.indexedDB!, database, { decode, settled: tools.settled });
    for (const path of bucket.directories) await directoryAt(place, path.split('/'));
    for (const file of bucket.files) await applyFile(place, file);
  }
}

async function directoryAt(
  place: StoragePlace,
  names: readonly string[],
): Promise<FileSystemDirectoryHandle> {
  let directory = await place.getDirectory!();
  for (const name of names) directory = await directory.getDirectoryHandle(name, { create: true });
  return directory;
}

async function applyFile(place: StoragePlace, { path, base64 }: StoredFile): Promise<void> {
  const names = path.split('/');
  const directory = await directoryAt(place, names.slice(0, -1));
  const file = await directory.getFileHandle(names.at(-1)!, { create: true });
  const writable = await file.createWritable();
  await writable.write(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  await writable.close();
}

async function applyDatabase(
  factory: IDBFactory,
  { name, version, stores }: StoredDatabase,
  { decode, settled }: { decode: Decode; settled: PageTools['settled'] },
): Promise<void> {
  const opening = factory.open(name, version);
  opening.onupgradeneeded = () => {
    for (const { name: storeName, keyPath, autoIncrement, indexes } of stores) {
      const store = opening.result.createObjectStore(storeName, { keyPath, autoIncrement });
      for (const index of indexes) store.createIndex(index.name, index.keyPath, index);
    }
  };
  const database = await settled(opening);
  try {
    for (const store of stores) await applyStore(database, store, decode);
  } finally {
    database.close();
  }
}

async function applyStore(database: IDBDatabase, stored: StoredStore, decode: Decode): Promise<void> {
  const decoded: unknown[][] = [];
  for (const record of stored.records) decoded.push(await decode(record));
  const transaction = database.transaction(stored.name, 'readwrite', { durability: 'strict' });
  const over = new Promise<void>((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error));
  });
  const store = transaction.objectStore(stored.name);
  if (stored.nextKey !== null && stored.nextKey > 1) setNextKey(store, stored.nextKey);
  for (const [key, value] of decoded) {
    if (stored.keyPath === null) store.put(value, key as IDBValidKey);
    else store.put(value);
  }
  await over;
}

/** A store goes on counting from the greatest number that was ever a key of it. */
function setNextKey(store: IDBObjectStore, nextKey: number): void {
  const last = nextKey - 1;
  if (store.keyPath === null) store.put(0, last);
  else store.put(withNested({}, String(store.keyPath).split('.'), last));
  store.delete(last);
}

function withNested(
  record: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [name = '', ...rest] = path;
  record[name] = rest.length === 0 ? value : withNested({}, rest, value);
  return record;
}

/** The functions of this file, to be declared in a page. */
export const applyOriginSource = [
  applyOrigin,
  directoryAt,
  applyFile,
  applyDatabase,
  applyStore,
  setNextKey,
  withNested,
].join('\n');
