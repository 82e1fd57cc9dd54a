/**
 * A four-ary heap of small numbers, which are positions in some list, by measure. Those of measure Infinity are out.
 *
 * It is lazy: what grows stays where it is until it comes to the top when somebody looks. Deadlines are mostly moved
 * forward, and mostly long before they are due, so a renewal seldom touches the heap. All is kept in arrays of plain
 * numbers, without an object for each entry, because what is measured by the ten thousand must fit a cache.
 */
export class LazyHeap {
  /** By position. */
  private readonly measures: number[] = [];
  /** By position: where in the heap it is, -1 outside. */
  private readonly places: number[] = [];
  /** By place: which position is there. */
  private readonly positions: number[] = [];
  /** By place: what it is sorted by, at most its measure, and equal to it at the top. */
  private readonly bounds: number[] = [];

  /** No measure in here is less than this. Nothing is moved to find out. */
  get bound(): number {
    return this.bounds.length === 0 ? Infinity : this.bounds[0]!;
  }

  /** The least measure, Infinity when there is none. */
  get min(): number {
    const least = this.least();
    return least === undefined ? Infinity : this.measures[least]!;
  }

  /** A position of the least measure. */
  least(): number | undefined {
    while (this.bounds.length > 0) {
      const measure = this.measures[this.positions[0]!]!;
      if (this.bounds[0] === measure) return this.positions[0];
      this.bounds[0] = measure;
      this.sink(0);
    }
    return undefined;
  }

  /** Gives a position its measure; Infinity takes it out. The next new position is one past the last. */
  measure(position: number, measure: number): void {
    const place = position < this.places.length ? this.places[position]! : -1;
    this.measures[position] = measure;
    this.places[position] = place;
    if (measure === Infinity) {
      if (place >= 0) this.takeOut(place);
    } else if (place < 0) {
      this.put(this.bounds.length, position, measure);
      this.rise(this.bounds.length - 1);
    } else if (measure < this.bounds[place]!) {
      this.bounds[place] = measure;
      this.rise(place);
    }
  }

  /** Takes out a position and gives its number to the last one, so that numbers stay dense. */
  remove(position: number): void {
    if (this.places[position]! >= 0) this.takeOut(this.places[position]!);
    const measure = this.measures.pop()!;
    const place = this.places.pop()!;
    if (position === this.measures.length) return;
    this.measures[position] = measure;
    this.places[position] = place;
    if (place >= 0) this.positions[place] = position;
  }

  /** Every position of a measure up to and including `limit`, in no particular order. */
  upTo(limit: number): number[] {
    const found: number[] = [];
    this.collect(0, limit, found);
    return found;
  }

  private collect(place: number, limit: number, found: number[]): void {
    if (place >= this.bounds.length || this.bounds[place]! > limit) return;
    const position = this.positions[place]!;
    if (this.measures[position]! <= limit) found.push(position);
    for (let child = 4 * place + 1; child <= 4 * place + 4; child++) this.collect(child, limit, found);
  }

  private takeOut(place: number): void {
    this.places[this.positions[place]!] = -1;
    const position = this.positions.pop()!;
    const bound = this.bounds.pop()!;
    if (place === this.bounds.length) return;
    this.put(place, position, bound);
    this.sink(place);
    this.rise(place);
  }

  private rise(from: number): void {
    let place = from;
    const position = this.positions[from]!;
    const bound = this.bounds[from]!;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      if (this.bounds[parent]! <= bound) break;
      this.put(place, this.positions[parent]!, this.bounds[parent]!);
      place = parent;
    }
    this.put(place, position, bound);
  }

  private sink(from: number): void {
    let place = from;
    const position = this.positions[from]!;
    const bound = this.bounds[from]!;
    for (;;) {
      const child = this.leastChild(place);
      if (child < 0 || this.bounds[child]! >= bound) break;
      this.put(place, this.positions[child]!, this.bounds[child]!);
      place = child;
    }
    this.put(place, position, bound);
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

  private put(place: number, position: number, bound: number): void {
    this.positions[place] = position;
    this.bounds[place] = bound;
    this.places[position] = place;
  }
}
