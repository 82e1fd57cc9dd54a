/**
 * Remembers the latest entries: at least `capacity`, at most twice as many.
 * It has two generations. When the young one is full it replaces the old one, which is forgotten as a whole, so that
 * adding an entry always costs one insertion.
 */
export class BoundedMemory<V> {
  private readonly capacity: number;
  private young = new Map<string, V>();
  private old = new Map<string, V>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.old.size + this.young.size;
  }

  /** Each in the order of insertion. */
  get generations(): readonly [old: ReadonlyMap<string, V>, young: ReadonlyMap<string, V>] {
    return [this.old, this.young];
  }

  get(key: string): V | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  /** All entries, oldest first. */
  values(): V[] {
    return [...this.old.values(), ...this.young.values()];
  }

  set(key: string, value: V): void {
    if (this.young.size >= this.capacity) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  delete(key: string): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  /** Restores what was remembered before a restart. */
  restore(old: Iterable<readonly [string, V]>, young: Iterable<readonly [string, V]>): void {
    this.old = new Map(old);
    this.young = new Map(young);
  }
}
