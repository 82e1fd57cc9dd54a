import { describe, expect, it } from 'vitest';
import { recover } from '../src/index.js';
import { checkState, see } from './model/invariants.js';
import { random } from './model/long-run.js';
import { Simulation } from './model/simulation.js';

describe('a journal cut after any event', () => {
  it.each([1, 2, 3])('recovers to a legal state (journal %i)', (seed) => {
    const simulation = new Simulation(random(seed));
    while (simulation.journal.length < 25) simulation.advance();
    for (let cut = 0; cut <= simulation.journal.length; cut++) {
      const events = JSON.parse(JSON.stringify(simulation.journal.slice(0, cut)));
      const state = recover(simulation.limits, undefined, events, { monotonicMs: 0, wallMs: 0 });
      expect(state.revision).toBe(cut);
      checkState(see(state), 0);
    }
  });
});
