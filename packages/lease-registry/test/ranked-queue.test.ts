import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RankedQueue } from '../src/ranked-queue.js';

describe('a ranked queue', () => {
  it('is in order, wherever items join and leave', () => {
    const changes = fc.array(fc.record({ rank: fc.nat(60), leaves: fc.boolean() }), { maxLength: 300 });
    fc.assert(
      fc.property(changes, (each) => {
        const queue = new RankedQueue<number>((rank) => rank);
        let plain: number[] = [];
        for (const { rank, leaves } of each) {
          if (leaves) queue.delete(rank);
          else if (!plain.includes(rank)) queue.add(rank);
          plain = plain.filter((one) => one !== rank);
          if (!leaves) plain = [...plain, rank].toSorted((a, b) => a - b);
          expect(queue.values()).toEqual(plain);
          expect(queue.first).toBe(plain[0]);
          expect(queue.size).toBe(plain.length);
          expect(queue.countBefore(rank)).toBe(plain.filter((one) => one < rank).length);
        }
      }),
    );
  });

  it('lets the first leave and others join for ever, and keeps nothing of them', () => {
    const queue = new RankedQueue<number>((rank) => rank);
    for (let rank = 0; rank < 10_000; rank++) {
      queue.add(rank);
      if (rank >= 100) queue.delete(queue.first!);
    }
    expect(queue.values()).toEqual(Array.from({ length: 100 }, (_, at) => 9_900 + at));
  });
});
