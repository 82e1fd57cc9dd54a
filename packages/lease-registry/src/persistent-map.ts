import { type DenseTree, type Edit, emptyTree, type Pair } from './dense-tree.js';
import { LazyHeap } from './lazy-heap.js';

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
    return this.count === 0 ? Infinity : this.own().heap.min;
  }

  /** Whether the least measure may be at or below `limit`; cheaper than `min`, and never wrong in saying no. */
  mayReach(limit: number): boolean {
    return this.count > 0 && this.own().heap.bound <= limit;
  }

  get(key: string): V | undefined {
    if (this.count === 0) return undefined;
    const { positions, values } = this.own();
    const position = positions.get(key);
    return position === undefined ? undefined : values[position];
  }

  has(key: string): boolean {
    return this.count > 0 && this.own().positions.has(key);
  }

  /** A value of the least measure; undefined when nothing in the map has one. */
  least(): V | undefined {
    const { heap, values } = this.own();
    const position = heap.least();
    return position === undefined ? undefined : values[position];
  }

  set(key: string, value: V, edit: Edit): PersistentMap<V> {
    const version = this.under(edit);
    const { positions, values, heap } = version.own();
    let position = positions.get(key);
    if (position === undefined) {
      position = version.count;
      positions.set(key, position);
      version.count += 1;
    }
    values[position] = value;
    if (this.order.measure !== undefined) heap.measure(position, this.order.measure(value));
    version.tree = version.tree.with(position, { key, value }, edit);
    return version;
  }

  /** What was last moves to where the deleted was, so that tree and index stay dense. */
  delete(key: string, edit: Edit): PersistentMap<V> {
    const position = this.count === 0 ? undefined : this.own().positions.get(key);
    if (position === undefined) return this;
    const version = this.under(edit);
    const { positions, values, heap } = version.own();
    const last = version.tree.last()!;
    positions.delete(key);
    values.pop();
    if (this.order.measure !== undefined) heap.remove(position);
    version.count -= 1;
    if (position !== version.count) {
      positions.set(last.key, position);
      values[position] = last.value;
      version.tree = version.tree.with(position, last, edit);
    }
    version.tree = version.tree.withoutLast(edit) ?? emptyTree();
    return version;
  }

  /** Every value whose measure is at most `limit`, by rank. */
  upTo(limit: number): V[] {
    const { heap, values } = this.own();
    const due = heap.upTo(limit).map((position) => values[position]!);
    const { rank } = this.order;
    return rank === undefined ? due : due.toSorted((a, b) => rank(a) - rank(b));
  }

  /** All values, by rank. */
  values(): V[] {
    return this.listed().map((pair) => pair.value);
  }

  /** All keys with their values, by rank. */
  entries(): [string, V][] {
    return this.listed().map(({ key, value }) => [key, value]);
  }

  /** Whether any value is so, looked at in no particular order. */
  some(isSo: (value: V) => boolean): boolean {
    return this.own().values.some(isSo);
  }

  private pairs(): Pair<V>[] {
    const pairs: Pair<V>[] = [];
    this.tree.appendTo(pairs);
    return pairs;
  }

  private listed(): Pair<V>[] {
    const { rank } = this.order;
    const pairs = this.pairs();
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
}

/** What finds things in the version that owns it. */
interface Index<V> {
  owner: PersistentMap<V>;
  /** Where in the tree, and in the other two, a key stands. */
  readonly positions: Map<string, number>;
  readonly values: V[];
  readonly heap: LazyHeap;
}

function indexOf<V>(owner: PersistentMap<V>, pairs: readonly Pair<V>[], { measure }: Order<V>): Index<V> {
  const positions = new Map<string, number>();
  const heap = new LazyHeap();
  for (const [position, { key, value }] of pairs.entries()) {
    positions.set(key, position);
    if (measure !== undefined) heap.measure(position, measure(value));
  }
  return { owner, positions, values: pairs.map(({ value }) => value), heap };
}

export { Edit } from './dense-tree.js';
