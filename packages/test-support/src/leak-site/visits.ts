/** How often each path was really asked for, so that an answer from a cache shows by its absence. */
export interface Visits {
  readonly count: (path: string) => number;
  readonly add: (path: string) => number;
}

export function createVisits(): Visits {
  const counts = new Map<string, number>();
  const count = (path: string): number => counts.get(path) ?? 0;
  return {
    count,
    add(path) {
      counts.set(path, count(path) + 1);
      return count(path);
    },
  };
}
