/** A queue in the order of a number that each item has for good. */
export class RankedQueue<T> {
  private readonly rankOf: (item: T) => number;
  /** In order; what is before `head` has left, and goes when it is as much as the rest. */
  private items: T[] = [];
  private head = 0;

  constructor(rankOf: (item: T) => number) {
    this.rankOf = rankOf;
  }

  get size(): number {
    return this.items.length - this.head;
  }

  /** The item of the lowest rank. */
  get first(): T | undefined {
    return this.items[this.head];
  }

  values(): T[] {
    return this.items.slice(this.head);
  }

  add(item: T): void {
    const place = this.placeOf(this.rankOf(item));
    if (place === this.items.length) this.items.push(item);
    else if (place === this.head && place > 0) this.items[(this.head -= 1)] = item;
    else this.items.splice(place, 0, item);
  }

  /** Takes out the item of this rank; does nothing if there is none. */
  delete(rank: number): void {
    const place = this.placeOf(rank);
    const item = this.items[place];
    if (item === undefined || this.rankOf(item) !== rank) return;
    if (place > this.head) this.items.splice(place, 1);
    else this.leaveFirst();
  }

  /** How many items have a lower rank. */
  countBefore(rank: number): number {
    return this.placeOf(rank) - this.head;
  }

  private leaveFirst(): void {
    this.head += 1;
    if (2 * this.head < this.items.length) return;
    this.items = this.items.slice(this.head);
    this.head = 0;
  }

  /** The first place whose item has at least this rank; most often that is past the last. */
  private placeOf(rank: number): number {
    let low = this.head;
    let high = this.items.length;
    if (high > low && this.rankOf(this.items[high - 1]!) < rank) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rankOf(this.items[middle]!) < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
