import type { FoundMark } from './high-water-mark.js';

/**
 * How much of what happened a journal tells. `complete`: all that anybody was told of. `cut`: the same, but a record
 * that nobody was told of is torn. `incomplete`: its end may be missing, as after a backup was restored.
 */
export type History = 'complete' | 'cut' | 'incomplete';

interface Found {
  readonly revision: number;
  readonly tornBytes: number;
}

interface Circumstances {
  readonly hasPast: boolean;
  readonly wallMs: () => number;
}

/**
 * Holds a journal against its mark. `ceiling` is at or above every revision, and so every fence, given out here. Where
 * nothing says which those were, it is the time in milliseconds, which no count of leases comes near.
 */
export function historyOf(
  mark: FoundMark,
  { revision, tornBytes }: Found,
  { hasPast, wallMs }: Circumstances,
): { history: History; ceiling: number } {
  if (mark.is === 'missing' && revision === 0 && tornBytes === 0 && !hasPast) {
    return { history: 'complete', ceiling: 0 };
  }
  if (mark.is !== 'trusted' || revision > mark.ceiling) {
    const said = mark.is === 'missing' ? 0 : mark.ceiling;
    return { history: 'incomplete', ceiling: Math.max(Math.ceil(wallMs()), revision + 1, said) };
  }
  const ceiling = Math.max(mark.ceiling, revision + 1);
  if (revision < mark.revision) return { history: 'incomplete', ceiling };
  return { history: tornBytes > 0 ? 'cut' : 'complete', ceiling };
}
