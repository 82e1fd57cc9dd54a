import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadlines, Timed } from '../src/deadlines.js';

class Item extends Timed {
  deadline = Infinity;
}

const change = fc.record({
  at: fc.nat(300),
  deadline: fc.oneof(
    { weight: 9, arbitrary: fc.nat(1_000) },
    { weight: 1, arbitrary: fc.constant(Infinity) },
  ),
});

const items = () => Array.from({ length: 301 }, () => new Item());
const least = (some: readonly Item[]) => Math.min(Infinity, ...some.map(({ deadline }) => deadline));

describe('a heap of deadlines', () => {
  it('knows the earliest, whatever moves forward without being reported', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
        const all = items();
        const deadlines = new Deadlines<Item>();
        for (const [turn, { at, deadline }] of changes.entries()) {
          const item = all[at]!;
          const before = item.deadline;
          item.deadline = deadline;
          if (before === Infinity || deadline < before) deadlines.report(item);
          if (turn % 7 === 0) {
            deadlines.delete(item);
            item.deadline = Infinity;
          }
          expect(deadlines.min).toBe(least(all));
        }
      }),
    );
  });

  it('gives all that is due and nothing else, however much there is, and goes on with the rest', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), fc.nat(1_000), (changes, limit) => {
        const all = items();
        for (const { at, deadline } of changes) all[at]!.deadline = deadline;
        const deadlines = new Deadlines<Item>();
        for (const item of all) deadlines.report(item);
        for (const { at } of changes.slice(0, 50)) all[at]!.deadline += 100;
        const due = all.filter(({ deadline }) => deadline <= limit);
        const taken = deadlines.takeDue(limit);
        expect(taken).toHaveLength(due.length);
        expect(new Set(taken)).toEqual(new Set(due));
        for (const item of taken) item.deadline = Infinity;
        expect(deadlines.min).toBe(least(all));
        for (const item of taken) item.deadline = limit + 1;
        for (const item of taken) deadlines.report(item);
        expect(deadlines.min).toBe(least(all));
      }),
    );
  });
});
