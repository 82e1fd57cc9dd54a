import { describe, expect, it } from 'vitest';
import { search } from './model/exhaustive.js';

/** Worlds as `resources x attempts`. */
const worlds = (process.env['EXHAUSTIVE'] ?? '1x2 2x0').split(' ').map((world) => {
  const [resources = 0, attempts = 0] = world.split('x').map(Number);
  return { resources, attempts };
});

describe('every state of a small pool', () => {
  it.each(worlds)(
    'keeps every invariant with $resources resources and $attempts attempts',
    { timeout: 1_800_000 },
    (world) => {
      const { states, steps } = search(world);
      const size = `${world.resources} resources and ${world.attempts} attempts`;
      process.stdout.write(`${size}: ${states} states, ${steps} steps, every invariant held\n`);
      expect(states).toBeGreaterThan(10);
    },
  );
});
