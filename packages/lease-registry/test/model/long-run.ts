import { Simulation } from './simulation.js';

/** Steps of one life; then another pool with other limits is born. */
const lifetime = 400;

/** Runs simulations for so many steps; throws with the seed and the story of the one that failed. */
export function longRun(seed: number, steps: number): void {
  for (let life = 0; life * lifetime < steps; life++)
    liveOnce(seed + life, Math.min(lifetime, steps - life * lifetime));
}

/** One life, which its seed alone decides. */
function liveOnce(seed: number, steps: number): void {
  const simulation = new Simulation(random(seed));
  try {
    for (let count = 0; count < steps; count++) simulation.advance();
  } catch (broken) {
    const story = simulation.story.map((line) => JSON.stringify(line)).join('\n');
    throw new Error(
      `${(broken as Error).message}\nReplay with MODEL_SEED=${seed} MODEL_STEPS=${lifetime}\n${story}`,
      {
        cause: broken,
      },
    );
  }
}

/** A small fast generator, mulberry32, good enough to choose commands by. */
export function random(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 0x9e3779b9);
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) % below) | 0;
  };
}
