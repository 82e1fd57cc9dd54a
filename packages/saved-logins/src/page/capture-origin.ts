/// <reference lib="dom" />
// These functions run in a page, as the text of this file's functions: they refer to each other and to nothing else.

import type { PageTools, StoragePlace } from './storage-place.js';
import type {
  Lost,
  StoredBucket,
  StoredDatabase,
  StoredFile,
  StoredOrigin,
  StoredStore,
} from './stored-origin.js';
import type { EncodedValues, NotCloneable } from './structured-values.js';

type Encode = (values: readonly unknown[]) => Promise<EncodedValues>;

/** All that scripts of this origin can read, and what there is besides. */
export async function captureOrigin(
  encode: Encode,
  tools: PageTools,
): Promise<StoredOrigin & { readonly lost: readonly Lost[] }> {
  const lost: Lost[] = [];
  const capture = { encode, lost, settled: tools.settled };
  const buckets = [await captureBucket(null, {}, tools.ownPlace(), capture)];
  const named = tools.storageBuckets();
  for (const name of (await named?.keys()) ?? []) {
    const bucket = await named!.open(name);
    const [persisted, durability, expires] = await Promise.all([
      bucket.persisted(),
      bucket.durability?.(),
      bucket.expires(),
    ]);
    const settings = {
      persisted,
      ...(durability === undefined ? {} : { durability }),
      ...(expires === null ? {} : { expires }),
    };
    buckets.push(await captureBucket(name, settings, bucket, capture));
  }
  for (const { scope } of (await navigator.serviceWorker?.getRegistrations()) ?? [])
    lost.push({ what: 'service worker', detail: scope });
  return { localStorage: Object.entries(localStorage), buckets, lost };
}

interface Capture {
  readonly encode: Encode;
  readonly lost: Lost[];
  readonly settled: PageTools['settled'];
}

async function captureBucket(
  name: string | null,
  settings: Record<string, unknown>,
  place: StoragePlace,
  capture: Capture,
): Promise<StoredBucket> {
  const databases: StoredDatabase[] = [];
  for (const found of (await place.indexedDB?.databases()) ?? [])
    databases.push(await captureDatabase(place.indexedDB!, found.name ?? '', capture));
  const directories: string[] = [];
  const files: StoredFile[] = [];
  const root = await place.getDirectory?.();
  if (root !== undefined) await captureDirectory(root, '', { directories, files });
  for (const cache of (await place.caches?.keys()) ?? []) capture.lost.push({ what: 'cache', detail: cache });
  return { name, settings, databases, directories, files };
}

async function captureDirectory(
  directory: FileSystemDirectoryHandle,
  above: string,
  found: { directories: string[]; files: StoredFile[] },
): Promise<void> {
  for await (const [name, handle] of directory.entries()) {
    const path = `${above}${name}`;
    if (handle.kind === 'directory') {
      found.directories.push(path);
      await captureDirectory(handle, `${path}/`, found);
    } else {
      const file = await handle.getFile();
      found.files.push({ path, type: file.type, base64: await base64OfFile(file) });
    }
  }
}

function base64OfFile(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve((reader.result as string).replace(/^[^,]*,?/, '')));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

async function captureDatabase(factory: IDBFactory, name: string, capture: Capture): Promise<StoredDatabase> {
  const database = await capture.settled(factory.open(name));
  const stores: StoredStore[] = [];
  try {
    for (const store of database.objectStoreNames) stores.push(await captureStore(database, store, capture));
    return { name, version: database.version, stores };
  } finally {
    database.close();
  }
}

async function captureStore(
  database: IDBDatabase,
  name: string,
  { encode, lost, settled }: Capture,
): Promise<StoredStore> {
  const store = database.transaction(name).objectStore(name);
  const indexes = Array.from(store.indexNames, (index) => {
    const { keyPath, unique, multiEntry } = store.index(index);
    return { name: index, keyPath, unique, multiEntry };
  });
  const { keyPath, autoIncrement } = store;
  const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
  const records: EncodedValues[] = [];
  for (const [at, key] of keys.entries()) {
    try {
      records.push(await encode([key, values[at]]));
    } catch (error) {
      const why = (error as Partial<NotCloneable>).notHeld;
      if (why === undefined) throw error;
      lost.push({ what: 'IndexedDB record', detail: `${database.name}/${name}: ${why}` });
    }
  }
  const nextKey = autoIncrement ? await nextKeyOf(store.transaction.db, { name, keyPath }, settled) : null;
  return { name, keyPath, autoIncrement, nextKey, indexes, records };
}

/** Asked by adding a record in a transaction that is then given up, which takes the number back as well. */
async function nextKeyOf(
  database: IDBDatabase,
  { name, keyPath }: Pick<StoredStore, 'name' | 'keyPath'>,
  settled: PageTools['settled'],
): Promise<number | null> {
  const transaction = database.transaction(name, 'readwrite');
  const over = new Promise<void>((resolve) => {
    transaction.addEventListener('abort', () => resolve());
    transaction.addEventListener('complete', () => resolve());
  });
  try {
    const key = await settled(transaction.objectStore(name).add(keyPath === null ? 0 : {}));
    transaction.abort();
    return Number(key);
  } catch {
    return null;
  } finally {
    await over;
  }
}

/** The functions of this file, to be declared in a page. */
export const captureOriginSource = [
  captureOrigin,
  captureBucket,
  captureDirectory,
  base64OfFile,
  captureDatabase,
  captureStore,
  nextKeyOf,
].join('\n');
