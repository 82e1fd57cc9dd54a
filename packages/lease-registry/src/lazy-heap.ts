/**
 * A four-ary heap of small numbers, which are rows of some table, by the measure that the table has for them. Those of
 * measure Infinity are out.
 *
 * It is lazy: what grows stays where it is until it comes to the top when somebody looks. Deadlines are mostly moved
 * forward, and mostly long before they are due, so a renewal never touches the heap. All is kept in arrays of plain
 * numbers, without an object for each entry, because what is measured by the ten thousand must fit a cache.
 */
export class LazyHeap {
  private readonly measureOf: (row: number) => number;
  /** By row: where in the heap it is, -1 outside. */
  private readonly places: number[] = [];
  /** By place: which row is there. */
  private readonly rows: number[] = [];
  /** By place: what it is sorted by, at most its measure, and equal to it at the top. */
  private readonly bounds: number[] = [];

  constructor(measureOf: (row: number) => number) {
    this.measureOf = measureOf;
  }

  /** No measure in here is less than this. Nothing is moved to find out. */
  get bound(): number {
    return this.bounds.length === 0 ? Infinity : this.bounds[0]!;
  }

  /** The least measure, Infinity when there is none. */
  get min(): number {
    const least = this.least();
    return least === undefined ? Infinity : this.measureOf(least);
  }

  /** A row of the least measure. */
  least(): number | undefined {
    while (this.rows.length > 0) {
      const measure = this.measureOf(this.rows[0]!);
      if (this.bounds[0] === measure) return this.rows[0];
      this.bounds[0] = measure;
      this.sink(0);
    }
    return undefined;
  }

  /** Takes in a new row, which is one past the last. */
  append(row: number): void {
    this.places[row] = -1;
    this.update(row);
  }

  /** Must be told when a measure has fallen or has become Infinity, and may be told of any other change. */
  update(row: number): void {
    const measure = this.measureOf(row);
    const place = this.places[row]!;
    if (place < 0) {
      if (measure === Infinity) return;
      this.put(this.bounds.length, row, measure);
      this.rise(this.bounds.length - 1);
    } else if (measure === Infinity) {
      this.takeOut(place);
    } else if (measure < this.bounds[place]!) {
      this.bounds[place] = measure;
      this.rise(place);
    }
  }

  /** Takes out a row and gives its number to the last one, as the table does. */
  remove(row: number): void {
    if (this.places[row]! >= 0) this.takeOut(this.places[row]!);
    const place = this.places.pop()!;
    if (row < this.places.length) this.renumber(place, row);
  }

  /** The reverse of `remove`: gives a row a new last number, so that another can stand in its place. */
  makeRoom(row: number): void {
    const place = this.places[row]!;
    this.places.push(-1);
    this.renumber(place, this.places.length - 1);
    this.places[row] = -1;
  }

  /** Every row of a measure up to and including `limit`, in no particular order. */
  upTo(limit: number): number[] {
    const found: number[] = [];
    this.collect(0, limit, found);
    return found;
  }

  private collect(place: number, limit: number, found: number[]): void {
    if (place >= this.bounds.length || this.bounds[place]! > limit) return;
    const row = this.rows[place]!;
    if (this.measureOf(row) <= limit) found.push(row);
    for (let child = 4 * place + 1; child <= 4 * place + 4; child++) this.collect(child, limit, found);
  }

  private renumber(place: number, row: number): void {
    this.places[row] = place;
    if (place >= 0) this.rows[place] = row;
  }

  private takeOut(place: number): void {
    this.places[this.rows[place]!] = -1;
    const row = this.rows.pop()!;
    const bound = this.bounds.pop()!;
    if (place === this.bounds.length) return;
    this.put(place, row, bound);
    this.sink(place);
    this.rise(place);
  }

  private rise(from: number): void {
    let place = from;
    const row = this.rows[from]!;
    const bound = this.bounds[from]!;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      if (this.bounds[parent]! <= bound) break;
      this.put(place, this.rows[parent]!, this.bounds[parent]!);
      place = parent;
    }
    this.put(place, row, bound);
  }

  private sink(from: number): void {
    let place = from;
    const row = this.rows[from]!;
    const bound = this.bounds[from]!;
    for (;;) {
      const child = this.leastChild(place);
      if (child < 0 || this.bounds[child]! >= bound) break;
      this.put(place, this.rows[child]!, this.bounds[child]!);
      place = child;
    }
    this.put(place, row, bound);
  }

  private leastChild(place: number): number {
    const first = 4 * place + 1;
    const end = Math.min(first + 4, this.bounds.length);
    if (first >= end) return -1;
    let least = first;
    for (let child = first + 1; child < end; child++)
      if (this.bounds[child]! < this.bounds[least]!) least = child;
    return least;
  }

  private put(place: number, row: number, bound: number): void {
    this.rows[place] = row;
    this.bounds[place] = bound;
    this.places[row] = place;
  }
}
