/** Something with a deadline. The other fields belong to the heap that it is in. */
export abstract class Timed {
  /** A lower bound of the deadline; exact at the top of the heap after a look. */
  bound = Infinity;
  /** Its index in the heap; -1 outside. */
  place = -1;
  /** Monotonic, in ms; Infinity for none. */
  abstract readonly deadline: number;
}

/** Up to this many due items are removed one by one; with more, building the heap anew is cheaper. */
const singlesMax = 64;

/**
 * A heap that finds the earliest deadline. Most changes move a deadline to a later time long before it is due, so an item
 * whose deadline grows stays where it is until it reaches the top: a renewal never touches the heap. Only an earlier
 * deadline has to be reported.
 */
export class Deadlines<T extends Timed> {
  private heap: T[] = [];

  /** What has the earliest deadline, if anything has one. */
  get first(): T | undefined {
    while (this.heap.length > 0) {
      const item = this.heap[0]!;
      const { deadline } = item;
      if (deadline === item.bound) return item;
      this.move(item, deadline);
    }
    return undefined;
  }

  /** The earliest deadline; Infinity if there is none. */
  get min(): number {
    return this.first?.bound ?? Infinity;
  }

  /** Whether a deadline may be at or before `limit`; a no is always right. Cheaper than `min`. */
  mayReach(limit: number): boolean {
    return this.heap.length > 0 && this.heap[0]!.bound <= limit;
  }

  /** Must be called whenever an item gets its first deadline or an earlier one. */
  report(item: T): void {
    const { deadline } = item;
    if (item.place >= 0 ? deadline >= item.bound : deadline === Infinity) return;
    if (item.place < 0) item.place = this.heap.push(item) - 1;
    item.bound = deadline;
    this.rise(item, item.place);
  }

  delete(item: T): void {
    if (item.place >= 0) this.takeOut(item);
  }

  /** Removes all that is due at `limit`, in no particular order. What has a deadline afterwards must be reported again. */
  takeDue(limit: number): T[] {
    const due: T[] = [];
    while (this.mayReach(limit)) {
      if (due.length === singlesMax) return this.takeAllDue(due, limit);
      const item = this.heap[0]!;
      const { deadline } = item;
      if (deadline <= limit) due.push(item);
      this.move(item, deadline <= limit ? Infinity : deadline);
    }
    return due;
  }

  private takeAllDue(due: T[], limit: number): T[] {
    const all = this.heap;
    this.heap = [];
    for (const item of all) {
      item.place = -1;
      if (item.deadline <= limit) due.push(item);
      else this.report(item);
    }
    return due;
  }

  /** Moves the item at the top to a later deadline. */
  private move(item: T, deadline: number): void {
    if (deadline === Infinity) return this.takeOut(item);
    item.bound = deadline;
    this.sink(item, 0);
  }

  private takeOut(item: T): void {
    const { place } = item;
    item.place = -1;
    const last = this.heap.pop()!;
    if (last === item) return;
    this.rise(last, place);
    if (last.place === place) this.sink(last, place);
  }

  private rise(item: T, from: number): void {
    const { heap } = this;
    let place = from;
    while (place > 0) {
      const parent = heap[(place - 1) >> 1]!;
      if (parent.bound <= item.bound) break;
      heap[place] = parent;
      parent.place = place;
      place = (place - 1) >> 1;
    }
    heap[place] = item;
    item.place = place;
  }

  private sink(item: T, from: number): void {
    const { heap } = this;
    let place = from;
    for (let at = 2 * place + 1; at < heap.length; at = 2 * place + 1) {
      const right = heap[at + 1];
      const least = right !== undefined && right.bound < heap[at]!.bound ? right : heap[at]!;
      if (least.bound >= item.bound) break;
      const next = least.place;
      heap[place] = least;
      least.place = place;
      place = next;
    }
    heap[place] = item;
    item.place = place;
  }
}
