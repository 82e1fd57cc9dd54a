/// <reference lib="dom" />
// These functions run in a page, as the text of this file's functions: they refer to each other and to nothing else.

/** What a bucket offers, and an origin by itself. */
export interface StoragePlace {
  readonly indexedDB: IDBFactory | undefined;
  readonly caches: CacheStorage | undefined;
  readonly getDirectory: (() => Promise<FileSystemDirectoryHandle>) | undefined;
}

export interface Bucket extends StoragePlace {
  persisted(): Promise<boolean>;
  /** Not in every version of Chrome. */
  durability?(): Promise<string>;
  expires(): Promise<number | null>;
}

export interface StorageBuckets {
  keys(): Promise<string[]>;
  open(name: string, settings?: Record<string, unknown>): Promise<Bucket>;
}

/** What the functions of the other files are given, because they run in a page. */
export interface PageTools {
  readonly ownPlace: () => StoragePlace;
  readonly storageBuckets: () => StorageBuckets | undefined;
  readonly settled: <T>(request: IDBRequest<T>) => Promise<T>;
}

export function ownPlace(): StoragePlace {
  return {
    indexedDB: globalThis.indexedDB,
    caches: globalThis.caches,
    getDirectory: navigator.storage?.getDirectory?.bind(navigator.storage),
  };
}

export function storageBuckets(): StorageBuckets | undefined {
  return (navigator as unknown as { storageBuckets?: StorageBuckets }).storageBuckets;
}

export function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

/** The functions of this file, to be declared in a page. */
export const storagePlaceSource = [ownPlace, storageBuckets, settled].join('\n');
