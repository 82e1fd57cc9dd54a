import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadlines } from '../src/deadlines.js';

const change = fc.record({
  name: fc.nat(300).map(String),
  deadline: fc.oneof(
    { weight: 9, arbitrary: fc.nat(1_000) },
    { weight: 1, arbitrary: fc.constant(Infinity) },
  ),
});

describe('a heap of deadlines', () => {
  it('knows the earliest, whatever moves forward without being reported', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
        const plain = new Map<string, number>();
        const deadlines = new Deadlines((name) => plain.get(name) ?? Infinity);
        for (const [at, { name, deadline }] of changes.entries()) {
          const before = plain.get(name) ?? Infinity;
          plain.set(name, deadline);
          if (before === Infinity || deadline < before) deadlines.report(name, deadline);
          if (at % 7 === 0 && plain.delete(name)) deadlines.delete(name);
          expect(deadlines.min).toBe(Math.min(Infinity, ...plain.values()));
        }
      }),
    );
  });

  it('gives all that is due, however much of it there is, and goes on with what is reported again', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), fc.nat(1_000), (changes, limit) => {
        const plain = new Map(changes.map(({ name, deadline }) => [name, deadline]));
        const deadlines = new Deadlines((name) => plain.get(name) ?? Infinity);
        for (const [name, deadline] of plain) deadlines.report(name, deadline);
        const due = [...plain].filter(([, deadline]) => deadline <= limit).map(([name]) => name);
        const taken = new Set(deadlines.takeDue(limit));
        expect(due.filter((name) => !taken.has(name))).toEqual([]);
        for (const name of due) plain.delete(name);
        for (const name of taken) deadlines.report(name, plain.get(name) ?? Infinity);
        expect(deadlines.min).toBe(Math.min(Infinity, ...plain.values()));
      }),
    );
  });
});
