/**
 * A persistent map from string to value that knows its entry of least measure.
 *
 * Persistent by rerooting: all versions of a map share one mutable store, which always shows one of them; every
 * other version holds what to undo on the way from its neighbour. Following the newest version, as a registry
 * does, costs what a plain Map and a heap cost. Going back to an old version is correct and costs what has changed
 * since, so whoever keeps an old version keeps those changes alive.
 *
 * An `Edit` stands for one step: updates under one edit make one new version between them. It is dropped at the
 * end of its step, so nothing that was handed out is ever changed.
 */
export class PersistentMap<V> {
  /** The store, while it shows this version. */
  private root: Store<V> | undefined;
  /** Otherwise: the version from which `undo` leads back here. */
  private nearer: PersistentMap<V> | undefined;
  /** Shared with the version this one came from, so that its edit can go on adding to it. */
  private undo: Undo<V>[];
  private readonly edit: Edit | undefined;

  private constructor(root: Store<V>, undo: Undo<V>[], edit: Edit | undefined) {
    this.root = root;
    this.nearer = undefined;
    this.undo = undo;
    this.edit = edit;
  }

  /** An empty map. Without a measure, `min` is Infinity and there is no least entry. */
  static empty<V>(measure: Measure<V> | undefined = undefined): PersistentMap<V> {
    return new PersistentMap<V>(new Store(measure), [], undefined);
  }

  get size(): number {
    return this.shown().entries.size;
  }

  /** The least measure in the map, Infinity when it is empty. */
  get min(): number {
    return this.shown().heap[0]?.measure ?? Infinity;
  }

  get(key: string): V | undefined {
    return this.shown().entries.get(key)?.value;
  }

  has(key: string): boolean {
    return this.shown().entries.has(key);
  }

  /** The value with the least measure, of equal ones the one that came first; undefined when the map is empty. */
  least(): V | undefined {
    return this.shown().heap[0]?.value;
  }

  set(key: string, value: V, edit: Edit): PersistentMap<V> {
    const store = this.shown();
    const version = this.edit === edit ? this : this.succeed(store, edit);
    const entry = store.entries.get(key);
    if (entry === undefined) {
      version.undo.push({ entry: store.insert(key, value), value: undefined });
    } else {
      version.undo.push({ entry, value: entry.value });
      store.replace(entry, value);
    }
    return version;
  }

  delete(key: string, edit: Edit): PersistentMap<V> {
    const store = this.shown();
    const entry = store.entries.get(key);
    if (entry === undefined) return this;
    const version = this.edit === edit ? this : this.succeed(store, edit);
    version.undo.push({ entry, value: entry.value });
    store.remove(entry);
    return version;
  }

  /** Every value whose measure is at most `limit`, in the order in which their keys came. */
  upTo(limit: number): V[] {
    const due: Entry<V>[] = [];
    this.shown().collect(0, limit, due);
    return due.sort(byArrival).map((entry) => entry.value);
  }

  /** All values, in the order in which their keys came. */
  values(): V[] {
    return this.inOrder().map((entry) => entry.value);
  }

  entries(): [string, V][] {
    return this.inOrder().map(({ key, value }) => [key, value]);
  }

  private inOrder(): Entry<V>[] {
    return [...this.shown().entries.values()].sort(byArrival);
  }

  /** Hands the store on to a new version, which this edit may go on updating. */
  private succeed(store: Store<V>, edit: Edit): PersistentMap<V> {
    const version = new PersistentMap<V>(store, [], edit);
    this.root = undefined;
    this.nearer = version;
    this.undo = version.undo;
    return version;
  }

  private shown(): Store<V> {
    return this.root ?? this.reroot();
  }

  /** Makes the store show this version, and lets the versions on the way hold what leads back. */
  private reroot(): Store<V> {
    const path: PersistentMap<V>[] = [];
    let version: PersistentMap<V> = this;
    for (; version.nearer !== undefined; version = version.nearer) path.push(version);
    const store = version.root as Store<V>;
    for (const older of path.reverse()) {
      version.undo = store.undoAll(older.undo);
      version.nearer = older;
      version.root = undefined;
      older.undo = version.undo;
      older.nearer = undefined;
      older.root = store;
      version = older;
    }
    return store;
  }
}

/** One step's right to update the version it made. */
export class Edit {}

type Measure<V> = (value: V) => number;

interface Entry<V> {
  readonly key: string;
  value: V;
  measure: number;
  /** What the heap sorts it by: at most its measure, and equal to it at the top. */
  bound: number;
  /** Position in the heap. */
  at: number;
  /** Order of arrival, which breaks ties so that equal histories give equal orders. */
  readonly arrival: number;
}

/** What an entry was before an update; undefined where it was not there. */
interface Undo<V> {
  readonly entry: Entry<V>;
  readonly value: V | undefined;
}

/**
 * The one mutable map behind all versions, with a four-ary heap by measure where there is one.
 *
 * The heap is lazy: an entry whose measure grows stays where it is until it comes to the top. Deadlines are mostly
 * moved forward and mostly long before they are due, so a renewal seldom touches the heap.
 */
class Store<V> {
  readonly entries = new Map<string, Entry<V>>();
  readonly heap: Entry<V>[] = [];
  private arrivals = 0;
  private readonly measure: Measure<V> | undefined;

  constructor(measure: Measure<V> | undefined) {
    this.measure = measure;
  }

  insert(key: string, value: V): Entry<V> {
    const entry = { key, value, measure: 0, bound: 0, at: 0, arrival: this.arrivals++ };
    this.restore(entry, value);
    return entry;
  }

  replace(entry: Entry<V>, value: V): void {
    entry.value = value;
    if (this.measure === undefined) return;
    entry.measure = this.measure(value);
    if (entry.measure < entry.bound) {
      entry.bound = entry.measure;
      this.rise(entry);
    } else if (entry.at === 0) {
      this.settleTop();
    }
  }

  remove(entry: Entry<V>): void {
    this.entries.delete(entry.key);
    if (this.measure === undefined) return;
    const last = this.heap.pop() as Entry<V>;
    if (last === entry) return;
    this.put(last, entry.at);
    this.sink(last);
    this.rise(last);
    this.settleTop();
  }

  /** Puts an entry back as it was, its order of arrival included. */
  private restore(entry: Entry<V>, value: V): void {
    this.entries.set(entry.key, entry);
    entry.value = value;
    if (this.measure === undefined) return;
    entry.measure = this.measure(value);
    entry.bound = entry.measure;
    this.put(entry, this.heap.length);
    this.rise(entry);
  }

  undoAll(undo: readonly Undo<V>[]): Undo<V>[] {
    const redo: Undo<V>[] = [];
    for (let at = undo.length - 1; at >= 0; at--) {
      const { entry, value } = undo[at] as Undo<V>;
      const present = this.entries.get(entry.key) === entry;
      redo.push({ entry, value: present ? entry.value : undefined });
      if (value === undefined) this.remove(entry);
      else if (present) this.replace(entry, value);
      else this.restore(entry, value);
    }
    return redo;
  }

  collect(at: number, limit: number, due: Entry<V>[]): void {
    const entry = this.heap[at];
    if (entry === undefined || entry.bound > limit) return;
    if (entry.measure <= limit) due.push(entry);
    for (let child = 4 * at + 1; child <= 4 * at + 4; child++) this.collect(child, limit, due);
  }

  private settleTop(): void {
    for (let top = this.heap[0]; top !== undefined && top.bound < top.measure; top = this.heap[0]) {
      top.bound = top.measure;
      this.sink(top);
    }
  }

  private rise(entry: Entry<V>): void {
    while (entry.at > 0) {
      const parent = this.heap[(entry.at - 1) >> 2] as Entry<V>;
      if (!isBefore(entry, parent)) return;
      const { at } = parent;
      this.put(parent, entry.at);
      this.put(entry, at);
    }
  }

  private sink(entry: Entry<V>): void {
    for (;;) {
      const child = this.leastChild(entry.at);
      if (child === undefined || !isBefore(child, entry)) return;
      const { at } = child;
      this.put(child, entry.at);
      this.put(entry, at);
    }
  }

  private leastChild(at: number): Entry<V> | undefined {
    const { heap } = this;
    const first = 4 * at + 1;
    const end = Math.min(first + 4, heap.length);
    let least = heap[first];
    for (let child = first + 1; child < end; child++) {
      const entry = heap[child] as Entry<V>;
      if (isBefore(entry, least as Entry<V>)) least = entry;
    }
    return least;
  }

  private put(entry: Entry<V>, at: number): void {
    this.heap[at] = entry;
    entry.at = at;
  }
}

function isBefore<V>(a: Entry<V>, b: Entry<V>): boolean {
  return a.bound < b.bound || (a.bound === b.bound && a.arrival < b.arrival);
}

function byArrival<V>(a: Entry<V>, b: Entry<V>): number {
  return a.arrival - b.arrival;
}
