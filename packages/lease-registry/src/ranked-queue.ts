/** A queue ordered by a fixed rank of each item. */
export class RankedQueue<T> {
  private readonly rankOf: (item: T) => number;
  /** In order. Items before `head` have left; they are dropped once they make up half of the array. */
  private items: T[] = [];
  private head = 0;

  constructor(rankOf: (item: T) => number) {
    this.rankOf = rankOf;
  }

  get size(): number {
    return this.items.length - this.head;
  }

  /** The item with the lowest rank. */
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

  /** Removes the item with this rank, if there is one. */
  delete(rank: number): void {
    const place = this.placeOf(rank);
    const item = this.items[place];
    if (item === undefined || this.rankOf(item) !== rank) return;
    if (place > this.head) this.items.splice(place, 1);
    else this.leaveFirst();
  }

  /** The number of items with a lower rank. */
  countBefore(rank: number): number {
    return this.placeOf(rank) - this.head;
  }

  private leaveFirst(): void {
    this.head += 1;
    if (2 * this.head < this.items.length) return;
    this.items = this.items.slice(this.head);
    this.head = 0;
  }

  /** The first index whose item has at least this rank; usually the end. */
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
