import type { FoundMark } from './high-water-mark.js';

/**
 * How much of what happened is in a journal. `complete`: everything that anybody was told. `cut`: the same, except for
 * a torn record that nobody was told about. `incomplete`: its end may be missing, for example after a backup was
 * restored.
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
 * Compares a journal with its mark. `ceiling` is at or above every revision, and so every fence, issued here. If
 * nothing says which those were, it is the time in milliseconds, which no number of leases comes near.
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
