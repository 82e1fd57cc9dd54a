import { LazyHeap, type Placed } from './lazy-heap.js';

/** How the values of a map are measured and ranked. Both look at a value only. */
export interface Order<V> {
  /** What `min` and `least` go by; Infinity keeps a value out of it. */
  readonly measure?: (value: V) => number;
  /** The order in which values are listed; without it they are listed by key. */
  readonly rank?: (value: V) => number;
}

/** One step's right to update the version it made. */
export class Edit {}

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
  private root: Node<V>;
  private height: number;
  private count: number;
  private index: Index<V> | undefined;

  private constructor(order: Order<V>, edit: Edit | undefined, root: Node<V>, height: number, count: number) {
    this.order = order;
    this.edit = edit;
    this.root = root;
    this.height = height;
    this.count = count;
    this.index = undefined;
  }

  /** An empty map. Without a measure, `min` is Infinity and there is no least entry. */
  static empty<V>(order: Order<V> = {}): PersistentMap<V> {
    return new PersistentMap<V>(order, undefined, [undefined], 0, 0);
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
    const measure = this.order.measure === undefined ? Infinity : this.order.measure(value);
    const entry = entries.get(key);
    if (entry === undefined) {
      const fresh = { key, value, position: version.count, measure: Infinity, bound: Infinity, at: -1 };
      entries.set(key, fresh);
      heap.place(fresh, measure);
      version.append(key, value);
    } else {
      entry.value = value;
      heap.place(entry, measure);
      version.root = written(version.root, version.height, entry.position, key, value, edit);
    }
    return version;
  }

  delete(key: string, edit: Edit): PersistentMap<V> {
    if (!this.has(key)) return this;
    const version = this.under(edit);
    const { entries, heap } = version.own();
    const entry = entries.get(key) as Entry<V>;
    entries.delete(key);
    heap.place(entry, Infinity);
    version.removeAt(entry.position);
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
    collect(this.root, this.height, pairs);
    return pairs;
  }

  private listed<P extends Pair<V>>(pairs: P[]): P[] {
    const { rank } = this.order;
    if (rank === undefined) return pairs.sort((a, b) => (a.key < b.key ? -1 : 1));
    return pairs.sort((a, b) => rank(a.value) - rank(b.value));
  }

  /** The version that this edit writes: this one, if it made it, or a new one that takes over the index. */
  private under(edit: Edit): PersistentMap<V> {
    const index = this.own();
    if (this.edit === edit) return this;
    const version = new PersistentMap<V>(this.order, edit, this.root, this.height, this.count);
    index.owner = version;
    version.index = index;
    return version;
  }

  private own(): Index<V> {
    const { index } = this;
    if (index !== undefined && index.owner === this) return index;
    return (this.index = indexOf(this, this.pairs(), this.order));
  }

  private append(key: string, value: V): void {
    const edit = this.edit as Edit;
    if (this.count === width << (bits * this.height)) {
      this.root = [edit, this.root];
      this.height += 1;
    }
    this.root = written(this.root, this.height, this.count, key, value, edit);
    this.count += 1;
  }

  /** Fills the hole with the last pair, so that the tree stays dense. */
  private removeAt(position: number): void {
    const edit = this.edit as Edit;
    const last = this.count - 1;
    if (position !== last) {
      const { key, value } = pairAt(this.root, this.height, last);
      this.root = written(this.root, this.height, position, key, value, edit);
      (this.own().entries.get(key) as Entry<V>).position = position;
    }
    this.root = shortened(this.root, this.height, last, edit);
    this.count = last;
    if (this.height > 0 && this.root.length === 2) {
      this.root = this.root[1] as Node<V>;
      this.height -= 1;
    }
  }
}

interface Pair<V> {
  readonly key: string;
  readonly value: V;
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

/**
 * An inner node is `[edit, child, child, ...]`, a leaf `[edit, key, value, key, value, ...]`, where the edit is the
 * one that made the node and may still change it.
 */
type Node<V> = (Edit | undefined | Node<V> | string | V)[];

const bits = 4;
const width = 1 << bits;
const mask = width - 1;

function written<V>(
  node: Node<V>,
  height: number,
  position: number,
  key: string,
  value: V,
  edit: Edit,
): Node<V> {
  const own = mine(node, edit);
  if (height === 0) {
    const at = 2 * (position & mask) + 1;
    own[at] = key;
    own[at + 1] = value;
    return own;
  }
  const at = ((position >> (bits * height)) & mask) + 1;
  const child = (own[at] ?? [edit]) as Node<V>;
  own[at] = written(child, height - 1, position, key, value, edit);
  return own;
}

/** Without the last pair, and without nodes that are empty then. */
function shortened<V>(node: Node<V>, height: number, last: number, edit: Edit): Node<V> {
  const own = mine(node, edit);
  if (height === 0) {
    own.length -= 2;
    return own;
  }
  const at = ((last >> (bits * height)) & mask) + 1;
  const child = shortened(own[at] as Node<V>, height - 1, last, edit);
  if (child.length === 1) own.length -= 1;
  else own[at] = child;
  return own;
}

function mine<V>(node: Node<V>, edit: Edit): Node<V> {
  if (node[0] === edit) return node;
  const copy = node.slice();
  copy[0] = edit;
  return copy;
}

function pairAt<V>(root: Node<V>, height: number, position: number): Pair<V> {
  let node = root;
  for (let level = height; level > 0; level--) {
    node = node[((position >> (bits * level)) & mask) + 1] as Node<V>;
  }
  const at = 2 * (position & mask) + 1;
  return { key: node[at] as string, value: node[at + 1] as V };
}

function collect<V>(node: Node<V>, height: number, pairs: Pair<V>[]): void {
  if (height > 0) {
    for (let at = 1; at < node.length; at++) collect(node[at] as Node<V>, height - 1, pairs);
  } else {
    for (let at = 1; at < node.length; at += 2) {
      pairs.push({ key: node[at] as string, value: node[at + 1] as V });
    }
  }
}
