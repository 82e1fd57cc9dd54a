import { describe, expect, it } from 'vitest';
import type { RegistryEvent } from '../src/index.js';
import { decodeJournal, encodeRecord, recover } from '../src/index.js';
import { checkState, see } from './model/invariants.js';
import { random } from './model/long-run.js';
import { Simulation } from './model/simulation.js';

describe('a journal cut at any byte', () => {
  it.each([1, 2, 3])('recovers to a legal state (journal %i)', (seed) => {
    const simulation = new Simulation(random(seed));
    while (simulation.journal.length < 25) simulation.advance();
    const lines = simulation.journal.map(encodeRecord);
    const text = lines.join('');
    let whole = 0;
    for (let cut = 0, end = 0; cut <= text.length; cut++) {
      if (cut === end + (lines[whole]?.length ?? Infinity)) end += lines[whole++]!.length;
      const { records, wholeLength } = decodeJournal<RegistryEvent>(text.slice(0, cut));
      expect(records).toHaveLength(whole);
      expect(wholeLength).toBe(end);
      if (cut > end) continue;
      const now = { monotonicMs: 0, wallMs: 0 };
      const state = recover(simulation.limits, undefined, records, now);
      expect(state.revision).toBe(whole);
      checkState(see(state), 0);
    }
  });
});
