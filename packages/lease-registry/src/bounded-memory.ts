import { textBytes } from './json.js';

export type Entries<V> = readonly (readonly [string, V])[];

/**
 * A memory of the last things: at least `capacity` of them, at most twice as many, and no more than `bytesMax` of JSON.
 *
 * Two generations. When the young one has its share of either it becomes the old one and the old one is forgotten, so
 * remembering costs one insertion however much is forgotten with it.
 */
export class BoundedMemory<V> {
  private readonly capacity: number;
  private readonly youngBytesMax: number;
  private readonly bytesOf: (value: V) => number;
  private young = new Map<string, V>();
  private youngBytes = 0;
  private old = new Map<string, V>();

  /** Nothing that is remembered may take more than half of `bytesMax`; `bytesOf` tells how much one value takes. */
  constructor(capacity: number, bytesMax: number, bytesOf: (value: V) => number) {
    this.capacity = capacity;
    this.bytesOf = bytesOf;
    this.youngBytesMax = bytesMax / 2;
  }

  get size(): number {
    return this.old.size + this.young.size;
  }

  /** Each in the order of insertion. */
  get generations(): readonly [old: Entries<V>, young: Entries<V>] {
    return [[...this.old], [...this.young]];
  }

  get(key: string): V | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  /** All entries, oldest first. */
  values(): V[] {
    return [...this.old.values(), ...this.young.values()];
  }

  set(key: string, value: V): void {
    const bytes = this.entryBytes(key, value);
    if (this.young.size >= this.capacity || this.youngBytes + bytes > this.youngBytesMax) {
      this.old = this.young;
      this.young = new Map();
      this.youngBytes = 0;
    }
    this.young.set(key, value);
    this.youngBytes += bytes;
  }

  delete(key: string): void {
    const value = this.young.get(key);
    if (value !== undefined) this.youngBytes -= this.entryBytes(key, value);
    this.young.delete(key);
    this.old.delete(key);
  }

  /** Restores what was remembered before a restart. */
  restore(old: Entries<V>, young: Entries<V>): void {
    this.old = new Map(old);
    this.young = new Map(young);
    this.youngBytes = 0;
    for (const [key, value] of this.young) this.youngBytes += this.entryBytes(key, value);
  }

  /** With the brackets and commas around them. */
  private entryBytes(key: string, value: V): number {
    return textBytes(key) + this.bytesOf(value) + 4;
  }
}
