const step = 10;

/** How many ports a server of escarp tries after the one that it should have. */
export const portsTried = 10;

/**
 * The ports at which one of escarp's servers may be found: `base`, and if it is taken the next in steps of ten, ten more
 * at most. In order; none above 65535. 0 stands for any free port, and alone.
 */
export function portLadder(base: number): readonly number[] {
  if (base === 0) return [0];
  return Array.from({ length: portsTried + 1 }, (_, at) => base + at * step).filter((port) => port <= 65_535);
}
