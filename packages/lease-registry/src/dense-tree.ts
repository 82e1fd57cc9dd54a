/** One step's right to change what it made. Dropped at the end of the step, so that nothing changes after it. */
export class Edit {
  /** Tells one edit from another for the type checker; edits are told apart by identity. */
  declare private readonly brand: undefined;
}

export interface Pair<V> {
  readonly key: string;
  readonly value: V;
}

const bits = 4;
const width = 1 << bits;

/**
 * A persistent list of pairs, as a tree of nodes sixteen wide. An update copies the path to one leaf, except for nodes
 * that the same edit has made and may still change.
 */
export type DenseTree<V> = Leaf<V> | Branch<V>;

export function emptyTree<V>(): DenseTree<V> {
  return new Leaf<V>(undefined, []);
}

class Leaf<V> {
  readonly edit: Edit | undefined;
  private readonly pairs: Pair<V>[];

  constructor(edit: Edit | undefined, pairs: Pair<V>[]) {
    this.edit = edit;
    this.pairs = pairs;
  }

  /** With a pair put at a position, which is at most one past the last. */
  with(position: number, pair: Pair<V>, edit: Edit): DenseTree<V> {
    if (position === width) return new Branch<V>(edit, 1, [this, new Leaf(edit, [pair])]);
    const own = this.edit === edit ? this : new Leaf(edit, this.pairs.slice());
    own.pairs[position] = pair;
    return own;
  }

  /** Without the last pair; undefined when nothing is left. */
  withoutLast(edit: Edit): DenseTree<V> | undefined {
    if (this.pairs.length === 1) return undefined;
    const own = this.edit === edit ? this : new Leaf(edit, this.pairs.slice());
    own.pairs.pop();
    return own;
  }

  last(): Pair<V> | undefined {
    return this.pairs.at(-1);
  }

  appendTo(all: Pair<V>[]): void {
    for (const pair of this.pairs) all.push(pair);
  }
}

class Branch<V> {
  readonly edit: Edit | undefined;
  private readonly height: number;
  private readonly children: DenseTree<V>[];

  constructor(edit: Edit | undefined, height: number, children: DenseTree<V>[]) {
    this.edit = edit;
    this.height = height;
    this.children = children;
  }

  with(position: number, pair: Pair<V>, edit: Edit): DenseTree<V> {
    const at = position >> (bits * this.height);
    if (at === width) return new Branch<V>(edit, this.height + 1, [this, this.sibling(pair, edit)]);
    const own = this.mine(edit);
    const child = own.children[at];
    const within = position & ((1 << (bits * this.height)) - 1);
    own.children[at] =
      child === undefined ? this.sprout(this.height - 1, pair, edit) : child.with(within, pair, edit);
    return own;
  }

  withoutLast(edit: Edit): DenseTree<V> | undefined {
    const own = this.mine(edit);
    const rest = own.children.pop()?.withoutLast(edit);
    if (rest !== undefined) own.children.push(rest);
    return own.children.length === 1 ? own.children[0] : own;
  }

  last(): Pair<V> | undefined {
    return this.children.at(-1)?.last();
  }

  appendTo(all: Pair<V>[]): void {
    for (const child of this.children) child.appendTo(all);
  }

  private sibling(pair: Pair<V>, edit: Edit): DenseTree<V> {
    return this.sprout(this.height, pair, edit);
  }

  /** A tree of this height with one pair in it. */
  private sprout(height: number, pair: Pair<V>, edit: Edit): DenseTree<V> {
    const leaf = new Leaf(edit, [pair]);
    return height === 0 ? leaf : new Branch<V>(edit, height, [this.sprout(height - 1, pair, edit)]);
  }

  private mine(edit: Edit): Branch<V> {
    return this.edit === edit ? this : new Branch(edit, this.height, this.children.slice());
  }
}
