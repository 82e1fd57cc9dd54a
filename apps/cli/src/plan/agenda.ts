interface Entry<T> {
  readonly at: number;
  readonly what: T;
}

/** What is to happen and when; the earliest comes first. A binary heap. */
export class Agenda<T> {
  private readonly entries: Entry<T>[] = [];

  add(at: number, what: T): void {
    const { entries } = this;
    const entry = { at, what };
    let index = entries.length;
    entries.push(entry);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = entries[parentIndex];
      if (parent === undefined || parent.at <= at) break;
      entries[index] = parent;
      index = parentIndex;
    }
    entries[index] = entry;
  }

  /** Takes the earliest out. */
  next(): Entry<T> | undefined {
    const [first] = this.entries;
    const last = this.entries.pop();
    if (first !== undefined && last !== undefined && this.entries.length > 0) this.sink(last);
    return first;
  }

  private sink(entry: Entry<T>): void {
    const { entries } = this;
    for (let index = 0; ;) {
      const childIndex = this.earlierChild(index);
      const child = entries[childIndex];
      if (child === undefined || child.at >= entry.at) {
        entries[index] = entry;
        return;
      }
      entries[index] = child;
      index = childIndex;
    }
  }

  private earlierChild(index: number): number {
    const left = this.entries[2 * index + 1];
    const right = this.entries[2 * index + 2];
    return left !== undefined && right !== undefined && right.at < left.at ? 2 * index + 2 : 2 * index + 1;
  }
}
