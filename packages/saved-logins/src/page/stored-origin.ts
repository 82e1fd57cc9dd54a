import type { EncodedValues } from './structured-values.js';

/** What could not be captured. */
export interface Lost {
  readonly what: string;
  readonly detail: string;
}

export interface StoredFile {
  readonly path: string;
  readonly type: string;
  readonly base64: string;
}

export interface StoredDatabase {
  readonly name: string;
  readonly version: number;
  readonly stores: readonly StoredStore[];
}

export interface StoredStore {
  readonly name: string;
  readonly keyPath: string | string[] | null;
  readonly autoIncrement: boolean;
  /** The next key that the store would make by itself; null where it makes none. */
  readonly nextKey: number | null;
  readonly indexes: readonly {
    name: string;
    keyPath: string | string[];
    unique: boolean;
    multiEntry: boolean;
  }[];
  readonly records: readonly EncodedValues[];
}

export interface StoredBucket {
  readonly name: string | null;
  readonly settings: Record<string, unknown>;
  readonly databases: readonly StoredDatabase[];
  readonly directories: readonly string[];
  readonly files: readonly StoredFile[];
}

export interface StoredOrigin {
  readonly localStorage: readonly (readonly [string, string])[];
  readonly buckets: readonly StoredBucket[];
}
