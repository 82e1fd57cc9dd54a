import { LazyHeap } from './lazy-heap.js';
import { type Edit, type Store, Versioned } from './versioned.js';

/** How the values of a map are measured and ranked. Both look at a value only. */
export interface Order<V> {
  /** What `min` and `least` go by; Infinity keeps a value out of it. */
  readonly measure?: (value: V) => number;
  /** The order in which values are listed; without it they are listed by key. */
  readonly rank?: (value: V) => number;
}

/** A persistent map from string to value that knows its least measure. */
export class PersistentMap<V> extends Versioned<MapStore<V>> {
  /** An empty map. Without a measure, `min` is Infinity and there is no least entry. */
  static empty<V>(order: Order<V> = {}): PersistentMap<V> {
    return new PersistentMap<V>(new MapStore<V>(order, [], []), undefined);
  }

  /** An empty map of the same order. */
  emptied(): PersistentMap<V> {
    return PersistentMap.empty(this.own.order);
  }

  get size(): number {
    return this.own.values.length;
  }

  /** The least measure in the map, Infinity when nothing in it has one. */
  get min(): number {
    return this.own.heap?.min ?? Infinity;
  }

  /** Whether the least measure may be at or below `limit`; cheaper than `min`, and never wrong in saying no. */
  mayReach(limit: number): boolean {
    const { heap } = this.own;
    return heap !== undefined && heap.bound <= limit;
  }

  get(key: string): V | undefined {
    const { rows, values } = this.own;
    if (values.length === 0) return undefined;
    const row = rows.get(key);
    return row === undefined ? undefined : values[row];
  }

  has(key: string): boolean {
    const { rows, values } = this.own;
    return values.length > 0 && rows.has(key);
  }

  /** A value of the least measure; undefined when nothing in the map has one. */
  least(): V | undefined {
    const { heap, values } = this.own;
    const row = heap?.least();
    return row === undefined ? undefined : values[row];
  }

  set(key: string, value: V, edit: Edit): PersistentMap<V> {
    const version = this.under(edit);
    version.own.set(key, value);
    return version.changed();
  }

  delete(key: string, edit: Edit): PersistentMap<V> {
    if (!this.has(key)) return this;
    const version = this.under(edit);
    version.own.delete(key);
    return version.changed();
  }

  /** Every value whose measure is at most `limit`, by rank. */
  upTo(limit: number): V[] {
    const { heap, values, order } = this.own;
    const due = heap?.upTo(limit).map((row) => values[row]!) ?? [];
    return order.rank === undefined ? due : sortedBy(due, order.rank);
  }

  /** All values, by rank. */
  values(): V[] {
    const { values, order } = this.own;
    return order.rank === undefined ? this.entries().map(([, value]) => value) : sortedBy(values, order.rank);
  }

  /** All keys with their values, by rank. */
  entries(): [string, V][] {
    const { keys, values, order } = this.own;
    const { rank } = order;
    const entries = keys.map((key, row): [string, V] => [key, values[row]!]);
    if (rank === undefined) return entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return sortedBy(entries, ([, value]) => rank(value));
  }

  /** Whether any value is so, looked at in no particular order. */
  some(isSo: (value: V) => boolean): boolean {
    return this.own.values.some(isSo);
  }

  private under(edit: Edit): PersistentMap<V> {
    const store = this.storeFor(edit);
    return store === undefined ? this : new PersistentMap<V>(store, edit);
  }
}

/** Rows without gaps: what is last moves to where something was deleted. */
class MapStore<V> implements Store<MapStore<V>> {
  readonly order: Order<V>;
  isRetired = false;
  keys: string[];
  values: V[];
  readonly rows: Map<string, number>;
  readonly heap: LazyHeap | undefined;
  private readonly log: MapLog<V> = { rows: [], keys: [], values: [] };

  constructor(order: Order<V>, keys: string[], values: V[], index = indexOf(order, keys, values)) {
    this.order = order;
    this.keys = keys;
    this.values = values;
    this.rows = index.rows;
    this.heap = index.heap;
  }

  get size(): number {
    return this.values.length;
  }

  get logged(): number {
    return this.log.rows.length;
  }

  copyAt(logged: number): MapStore<V> {
    const copy = new MapStore(this.order, this.keys.slice(), this.values.slice());
    const { rows, keys, values } = this.log;
    for (let at = this.logged - 1; at >= logged; at--) copy.takeBack(rows[at]!, keys[at]!, values[at]);
    return copy;
  }

  retire(): MapStore<V> {
    const successor = new MapStore(this.order, this.keys, this.values, this);
    this.isRetired = true;
    this.keys = this.keys.slice();
    this.values = this.values.slice();
    return successor;
  }

  set(key: string, value: V): void {
    const row = this.rows.get(key);
    if (row === undefined) {
      this.note(this.size, key, undefined);
      this.append(key, value);
    } else {
      this.note(row, key, this.values[row]);
      this.replace(row, value);
    }
  }

  delete(key: string): void {
    const row = this.rows.get(key)!;
    this.note(row, key, this.values[row]);
    this.remove(row);
  }

  /** Logs what stood in a row before a change; undefined where there was nothing. */
  private note(row: number, key: string, value: V | undefined): void {
    const { log } = this;
    log.rows.push(row);
    log.keys.push(key);
    log.values.push(value);
  }

  private takeBack(row: number, key: string, value: V | undefined): void {
    if (value === undefined) this.remove(row);
    else if (this.rows.has(key)) this.replace(row, value);
    else this.putBack(row, key, value);
  }

  private append(key: string, value: V): void {
    const row = this.size;
    this.keys.push(key);
    this.values.push(value);
    this.rows.set(key, row);
    this.heap?.append(row);
  }

  private replace(row: number, value: V): void {
    this.values[row] = value;
    this.heap?.update(row);
  }

  private remove(row: number): void {
    this.rows.delete(this.keys[row]!);
    this.heap?.remove(row);
    const key = this.keys.pop()!;
    const value = this.values.pop()!;
    if (row === this.size) return;
    this.keys[row] = key;
    this.values[row] = value;
    this.rows.set(key, row);
  }

  /** The reverse of `remove`. */
  private putBack(row: number, key: string, value: V): void {
    if (row === this.size) return this.append(key, value);
    const moved = this.keys[row]!;
    this.rows.set(moved, this.size);
    this.keys.push(moved);
    this.values.push(this.values[row]!);
    this.heap?.makeRoom(row);
    this.keys[row] = key;
    this.rows.set(key, row);
    this.replace(row, value);
  }
}

/** Columns, since an object for each change would have to be collected one by one. */
interface MapLog<V> {
  readonly rows: number[];
  readonly keys: string[];
  readonly values: (V | undefined)[];
}

function indexOf<V>({ measure }: Order<V>, keys: readonly string[], values: readonly V[]) {
  const rows = new Map(keys.map((key, row) => [key, row]));
  const heap = measure && new LazyHeap((row) => measure(values[row]!));
  for (const row of keys.keys()) heap?.append(row);
  return { rows, heap };
}

/** Sorted in a new array; one that is sorted already costs one look at each. */
export function sortedBy<T>(list: readonly T[], rank: (one: T) => number): T[] {
  return list.toSorted((a, b) => rank(a) - rank(b));
}
