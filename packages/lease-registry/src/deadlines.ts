interface Entry {
  readonly name: string;
  /** A lower bound of the deadline; exact at the top of the heap after a look. */
  bound: number;
  /** Its index in the heap; -1 outside. */
  place: number;
}

/** Up to this many due entries are removed one by one; with more, rebuilding the heap is cheaper. */
const singlesMax = 64;

/**
 * A heap of named deadlines that finds the earliest. Most changes move a deadline to a later time long before it is due, so
 * an entry whose deadline grows stays where it is until it reaches the top: a renewal never touches the heap. Only an
 * earlier deadline has to be reported.
 */
export class Deadlines {
  private readonly deadlineOf: (name: string) => number;
  private readonly entries = new Map<string, Entry>();
  private heap: Entry[] = [];

  /** `deadlineOf` returns the current deadline of a name, Infinity if it has none. */
  constructor(deadlineOf: (name: string) => number) {
    this.deadlineOf = deadlineOf;
  }

  /** The earliest deadline; Infinity if there is none. */
  get min(): number {
    while (this.heap.length > 0) {
      const entry = this.heap[0]!;
      const deadline = this.deadlineOf(entry.name);
      if (deadline === entry.bound) return deadline;
      this.move(entry, deadline);
    }
    return Infinity;
  }

  /** Whether a deadline may be at or before `limit`; a no is always right. Cheaper than `min`. */
  mayReach(limit: number): boolean {
    return this.heap.length > 0 && this.heap[0]!.bound <= limit;
  }

  /** Must be called whenever a name gets its first deadline or an earlier one. */
  report(name: string, deadline: number): void {
    if (deadline === Infinity) return;
    let entry = this.entries.get(name);
    if (entry === undefined) this.entries.set(name, (entry = { name, bound: deadline, place: -1 }));
    if (entry.place < 0) entry.place = this.heap.push(entry) - 1;
    else if (deadline >= entry.bound) return;
    entry.bound = deadline;
    this.rise(entry, entry.place);
  }

  delete(name: string): void {
    const entry = this.entries.get(name);
    if (entry === undefined) return;
    this.entries.delete(name);
    if (entry.place >= 0) this.takeOut(entry);
  }

  /**
   * Removes every name that is due at `limit`, in no particular order, and others with them if that is cheaper. A name
   * that still has a deadline afterwards must be reported again.
   */
  takeDue(limit: number): string[] {
    const due: string[] = [];
    while (this.mayReach(limit)) {
      if (due.length === singlesMax) return this.takeAll(due);
      const entry = this.heap[0]!;
      const deadline = this.deadlineOf(entry.name);
      if (deadline <= limit) due.push(entry.name);
      this.move(entry, deadline <= limit ? Infinity : deadline);
    }
    return due;
  }

  private takeAll(names: string[]): string[] {
    for (const entry of this.heap) {
      entry.place = -1;
      names.push(entry.name);
    }
    this.heap = [];
    return names;
  }

  /** Moves the entry at the top to a later deadline. */
  private move(entry: Entry, deadline: number): void {
    if (deadline === Infinity) return this.takeOut(entry);
    entry.bound = deadline;
    this.sink(entry, 0);
  }

  private takeOut(entry: Entry): void {
    const { place } = entry;
    entry.place = -1;
    const last = this.heap.pop()!;
    if (last === entry) return;
    this.rise(last, place);
    if (last.place === place) this.sink(last, place);
  }

  private rise(entry: Entry, from: number): void {
    const { heap } = this;
    let place = from;
    while (place > 0) {
      const parent = heap[(place - 1) >> 1]!;
      if (parent.bound <= entry.bound) break;
      heap[place] = parent;
      parent.place = place;
      place = (place - 1) >> 1;
    }
    heap[place] = entry;
    entry.place = place;
  }

  private sink(entry: Entry, from: number): void {
    const { heap } = this;
    let place = from;
    for (let at = 2 * place + 1; at < heap.length; at = 2 * place + 1) {
      const right = heap[at + 1];
      const least = right !== undefined && right.bound < heap[at]!.bound ? right : heap[at]!;
      if (least.bound >= entry.bound) break;
      const next = least.place;
      heap[place] = least;
      least.place = place;
      place = next;
    }
    heap[place] = entry;
    entry.place = place;
  }
}
