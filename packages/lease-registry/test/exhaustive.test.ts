import { describe, expect, it } from 'vitest';
import { search, type World } from './model/exhaustive.js';

/** Worlds as `resources x attempts : what they are about`. */
const worlds = (process.env['EXHAUSTIVE'] ?? '1x2 2x0 1x2:claims 1x1:people')
  .split(' ')
  .map((world): World => {
    const [size = '', about = 'leases'] = world.split(':');
    const [resources = 0, attempts = 0] = size.split('x').map(Number);
    return { resources, attempts, about: about === 'claims' || about === 'people' ? about : 'leases' };
  });

describe('every state of a small pool', () => {
  it.each(worlds)(
    'keeps every invariant with $resources resources and $attempts attempts, in a world about $about',
    { timeout: 1_800_000 },
    (world) => {
      const { states, steps } = search(world);
      const size = `${world.resources} resources and ${world.attempts} attempts about ${world.about}`;
      process.stdout.write(`${size}: ${states} states, ${steps} steps, every invariant held\n`);
      expect(states).toBeGreaterThan(10);
    },
  );
});
