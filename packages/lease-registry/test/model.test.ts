import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longRun } from './model/long-run.js';
import { Simulation } from './model/simulation.js';

const seed = Number(process.env['MODEL_SEED'] ?? 1);
const steps = Number(process.env['MODEL_STEPS'] ?? 40_000);

describe('the registry and its naive twin', () => {
  it(
    `say the same and keep every invariant for ${steps} steps from seed ${seed}`,
    { timeout: 3_600_000 },
    () => {
      expect(() => longRun(seed, steps)).not.toThrow();
    },
  );

  it(
    'do so under any choice of commands, of which the smallest that fails is shown',
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(fc.array(fc.nat(), { maxLength: 400 }), (choices) => {
          let at = 0;
          const simulation = new Simulation((below) => (choices[at++] ?? 0) % Math.max(1, below));
          while (at < choices.length) simulation.advance();
          expect(simulation.journal.length).toBeGreaterThan(0);
        }),
        { numRuns: 200 },
      );
    },
  );
});
