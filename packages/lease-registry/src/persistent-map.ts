import { type DenseTree, type Edit, emptyTree, type Pair } from './dense-tree.js';
import { LazyHeap, type Placed } from './lazy-heap.js';

/** How the values of a map are measured and ranked. Both look at a value only. */
export interface Order<V> {
  /** What `min` and `least` go by; Infinity keeps a value out of it. */
  readonly measure?: (value: V) => number;
  /** The order in which values are listed; without it they are listed by key. */
  readonly rank?: (value: V) => number;
}

/**
 * A persistent map from string to value that knows its least measure.
 *
 * What a version holds stands in a tree that is never changed once its step is over: an update copies the path to
 * one leaf. Beside the newest version stands a mutable index, a plain Map and a heap, which the next version takes
 * over; so looking up costs what a Map costs. A version whose index was taken over makes itself another when it is
 * asked again, at the cost of reading its tree once. No version refers to a later one, so old versions are garbage
 * as soon as nobody holds them.
 *
 * An `Edit` stands for one step: updates under one edit make one new version between them. It is dropped at the
 * end of its step, so nothing that was handed out is ever changed.
 */
export class PersistentMap<V> {
  private readonly order: Order<V>;
  private readonly edit: Edit | undefined;
  private tree: DenseTree<V>;
  private count: number;
  private index: Index<V> | undefined = undefined;

  private constructor(order: Order<V>, edit: Edit | undefined, tree: DenseTree<V>, count: number) {
    this.order = order;
    this.edit = edit;
    this.tree = tree;
    this.count = count;
  }

  /** An empty map. Without a measure, `min` is Infinity and there is no least entry. */
  static empty<V>(order: Order<V> = {}): PersistentMap<V> {
    return new PersistentMap<V>(order, undefined, emptyTree(), 0);
  }

  /** An empty map of the same order. */
  emptied(): PersistentMap<V> {
    return PersistentMap.empty(this.order);
  }

  get size(): number {
    return this.count;
  }

  /** The least measure in the map, Infinity when nothing in it has one. */
  get min(): number {
    return this.count === 0 || this.order.measure === undefined
      ? Infinity
      : (this.own().heap.least()?.measure ?? Infinity);
  }

  /** Whether the least measure may be at or below `limit`; cheaper than `min`, and never wrong in saying no. */
  mayReach(limit: number): boolean {
    return this.count > 0 && this.own().heap.bound <= limit;
  }

  get(key: string): V | undefined {
    return this.count === 0 ? undefined : this.own().entries.get(key)?.value;
  }

  has(key: string): boolean {
    return this.count > 0 && this.own().entries.has(key);
  }

  /** A value of the least measure; undefined when nothing in the map has one. */
  least(): V | undefined {
    return this.own().heap.least()?.value;
  }

  set(key: string, value: V, edit: Edit): PersistentMap<V> {
    const version = this.under(edit);
    const { entries, heap } = version.own();
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = { key, value, position: version.count, measure: Infinity, bound: Infinity, at: -1 };
      entries.set(key, entry);
      version.count += 1;
    } else {
      entry.value = value;
    }
    if (this.order.measure !== undefined) heap.place(entry, this.order.measure(value));
    version.tree = version.tree.with(entry.position, { key, value }, edit);
    return version;
  }

  delete(key: string, edit: Edit): PersistentMap<V> {
    if (!this.has(key)) return this;
    const version = this.under(edit);
    const { entries, heap } = version.own();
    const entry = entries.get(key)!;
    entries.delete(key);
    heap.place(entry, Infinity);
    version.fill(entry.position, edit);
    return version;
  }

  /** Every value whose measure is at most `limit`, by rank. */
  upTo(limit: number): V[] {
    return this.listed(this.own().heap.upTo(limit)).map((entry) => entry.value);
  }

  /** All values, by rank. */
  values(): V[] {
    return this.listed(this.pairs()).map((pair) => pair.value);
  }

  /** All keys with their values, by rank. */
  entries(): [string, V][] {
    return this.listed(this.pairs()).map(({ key, value }) => [key, value]);
  }

  /** Whether any value is so, looked at in no particular order. */
  some(isSo: (value: V) => boolean): boolean {
    for (const entry of this.own().entries.values()) if (isSo(entry.value)) return true;
    return false;
  }

  private pairs(): Pair<V>[] {
    const pairs: Pair<V>[] = [];
    this.tree.appendTo(pairs);
    return pairs;
  }

  private listed<P extends Pair<V>>(pairs: readonly P[]): P[] {
    const { rank } = this.order;
    if (rank === undefined) return pairs.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    return pairs.toSorted((a, b) => rank(a.value) - rank(b.value));
  }

  /** The version that this edit writes: this one, if it made it, or a new one that takes over the index. */
  private under(edit: Edit): PersistentMap<V> {
    const index = this.own();
    if (this.edit === edit) return this;
    const version = new PersistentMap<V>(this.order, edit, this.tree, this.count);
    index.owner = version;
    version.index = index;
    return version;
  }

  private own(): Index<V> {
    const { index } = this;
    if (index !== undefined && index.owner === this) return index;
    return (this.index = indexOf(this, this.pairs(), this.order));
  }

  /** Fills a hole with the last pair, so that the tree stays dense. */
  private fill(position: number, edit: Edit): void {
    const last = this.tree.last()!;
    this.count -= 1;
    if (position !== this.count) {
      this.tree = this.tree.with(position, last, edit);
      this.own().entries.get(last.key)!.position = position;
    }
    this.tree = this.tree.withoutLast(edit) ?? emptyTree();
  }
}

interface Entry<V> extends Placed {
  readonly key: string;
  value: V;
  /** Where in the tree the pair stands. */
  position: number;
}

/** What finds things in the version that owns it. */
interface Index<V> {
  owner: PersistentMap<V>;
  readonly entries: Map<string, Entry<V>>;
  readonly heap: LazyHeap<Entry<V>>;
}

function indexOf<V>(owner: PersistentMap<V>, pairs: readonly Pair<V>[], { measure }: Order<V>): Index<V> {
  const entries = new Map<string, Entry<V>>();
  const heap = new LazyHeap<Entry<V>>();
  for (const [position, { key, value }] of pairs.entries()) {
    const entry = { key, value, position, measure: Infinity, bound: Infinity, at: -1 };
    entries.set(key, entry);
    heap.place(entry, measure === undefined ? Infinity : measure(value));
  }
  return { owner, entries, heap };
}

export { Edit } from './dense-tree.js';
