/** Numbers from 0 up to 1, the same ones for the same seed. The generator, mulberry32, is in the public domain. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An exponentially distributed duration with this mean: most are shorter, a few much longer. */
export function exponential(mean: number, random: () => number): number {
  return -mean * Math.log(1 - random());
}
