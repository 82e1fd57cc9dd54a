import { Deadlines, type Timed } from './deadlines.js';

/** Holds an immutable value, which is replaced as it changes. */
export type Cell<V> = Timed & { value: V };

/** Values by name, in the order in which they were added, each in a cell of its own, and the deadlines of all. */
export class TimedMap<V, C extends Cell<V>> {
  readonly deadlines = new Deadlines<C>();
  private readonly cells = new Map<string, C>();

  get size(): number {
    return this.cells.size;
  }

  has(name: string): boolean {
    return this.cells.has(name);
  }

  get(name: string): V | undefined {
    return this.cells.get(name)?.value;
  }

  keys(): Iterable<string> {
    return this.cells.keys();
  }

  values(): V[] {
    return Array.from(this.cells.values(), ({ value }) => value);
  }

  findCell(name: string): C | undefined {
    return this.cells.get(name);
  }

  /** The cell of a name that must be there. */
  cell(name: string): C {
    const cell = this.cells.get(name);
    if (cell === undefined) throw new Error(`Invariant broken: there is no ${name}.`);
    return cell;
  }

  add(name: string, cell: C): void {
    this.cells.set(name, cell);
    this.deadlines.report(cell);
  }

  replace(cell: C, value: V): void {
    cell.value = value;
    this.deadlines.report(cell);
  }

  delete(name: string): void {
    const cell = this.cells.get(name);
    if (cell !== undefined) this.deadlines.delete(cell);
    this.cells.delete(name);
  }
}
