/** What a heap keeps on the things in it. A thing that was never placed has `at` -1 and both numbers Infinity. */
export interface Placed {
  measure: number;
  /** What the heap sorts it by: at most its measure, and equal to it at the top. */
  bound: number;
  /** Position in the heap; -1 outside. */
  at: number;
}

/**
 * A four-ary heap of things by measure, those of measure Infinity left out.
 *
 * It is lazy: a thing whose measure grows, or that leaves, stays where it is until it comes to the top when somebody
 * looks, or until more than half of the heap is such. Deadlines are mostly moved forward, and mostly long before
 * they are due, so a renewal seldom touches the heap, and ending a hundred thousand leases at once costs no sorting.
 */
export class LazyHeap<T extends Placed> {
  private things: T[] = [];
  private leavers = 0;

  /** No measure in here is less than this. Nothing is moved to find out. */
  get bound(): number {
    return this.things[0]?.bound ?? Infinity;
  }

  /** A thing of the least measure. */
  least(): T | undefined {
    for (let top = this.things[0]; top !== undefined && top.bound < top.measure; top = this.things[0]) {
      if (top.measure === Infinity) {
        this.takeTop(top);
      } else {
        top.bound = top.measure;
        this.sink(top);
      }
    }
    return this.things[0];
  }

  /** Gives a thing its measure; Infinity takes it out. */
  place(thing: T, measure: number): void {
    const isLeaver = thing.at >= 0 && thing.measure === Infinity;
    thing.measure = measure;
    if (measure === Infinity) {
      if (thing.at >= 0 && !isLeaver) this.expectToLeave();
      return;
    }
    if (isLeaver) this.leavers -= 1;
    if (thing.at < 0) this.put(thing, this.things.length);
    else if (measure >= thing.bound) return;
    thing.bound = measure;
    this.rise(thing);
  }

  /** Everything of a measure up to and including `limit`, in no particular order. */
  upTo(limit: number): T[] {
    const found: T[] = [];
    this.collect(0, limit, found);
    return found;
  }

  private collect(at: number, limit: number, found: T[]): void {
    const thing = this.things[at];
    if (thing === undefined || thing.bound > limit) return;
    if (thing.measure <= limit) found.push(thing);
    for (let child = 4 * at + 1; child <= 4 * at + 4; child++) this.collect(child, limit, found);
  }

  private expectToLeave(): void {
    this.leavers += 1;
    if (this.leavers > 16 && this.leavers * 2 > this.things.length) this.sweep();
  }

  /** Builds the heap anew from those that stay. */
  private sweep(): void {
    const staying: T[] = [];
    for (const thing of this.things) {
      if (thing.measure === Infinity) {
        thing.at = -1;
      } else {
        thing.bound = thing.measure;
        thing.at = staying.length;
        staying.push(thing);
      }
    }
    this.things = staying;
    this.leavers = 0;
    for (let at = (staying.length - 2) >> 2; at >= 0; at--) this.sink(staying[at]!);
  }

  private takeTop(top: T): void {
    this.leavers -= 1;
    top.at = -1;
    const last = this.things.pop()!;
    if (last === top) return;
    this.put(last, 0);
    this.sink(last);
  }

  private rise(thing: T): void {
    while (thing.at > 0) {
      const parent = this.things[(thing.at - 1) >> 2]!;
      if (parent.bound <= thing.bound) return;
      const { at } = parent;
      this.put(parent, thing.at);
      this.put(thing, at);
    }
  }

  private sink(thing: T): void {
    for (;;) {
      const child = this.leastChild(thing.at);
      if (child === undefined || child.bound >= thing.bound) return;
      const { at } = child;
      this.put(child, thing.at);
      this.put(thing, at);
    }
  }

  private leastChild(at: number): T | undefined {
    const first = 4 * at + 1;
    const end = Math.min(first + 4, this.things.length);
    let least = this.things[first];
    for (let child = first + 1; child < end; child++) {
      const thing = this.things[child]!;
      if (thing.bound < least!.bound) least = thing;
    }
    return least;
  }

  private put(thing: T, at: number): void {
    this.things[at] = thing;
    thing.at = at;
  }
}
