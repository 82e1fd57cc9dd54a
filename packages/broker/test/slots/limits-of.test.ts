import { defaultLimits } from '@escarp/lease-registry';
import { defaultLimits as poolLimits } from '@escarp/slot-pool';
import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../src/slots/reconcile.js';

const limitsFor = (size: number) =>
  limitsOf(
    { leaseTtlS: 60, perHolder: undefined, perTenant: undefined },
    { slots: Array.from({ length: size }, (_, slot) => slot) },
  );

describe('the time that a slot has to come up, or for its reset', () => {
  it('begins at once in a pool whose browsers are all launched at the same time', () => {
    for (const size of [0, 1, poolLimits.launchesAtOnce])
      expect(limitsFor(size)).toMatchObject({
        startMs: defaultLimits.startMs,
        resetMs: defaultLimits.resetMs,
      });
  });

  it('is not over before the last slot of a large pool has had its turn, even if every browser before it hangs', () => {
    for (const size of [3, 9, 64]) {
      const { startMs, resetMs } = limitsFor(size);
      const allBeforeMs = Math.ceil((size - 1) / poolLimits.launchesAtOnce) * poolLimits.launchMs;
      expect(Math.min(startMs, resetMs)).toBeGreaterThanOrEqual(allBeforeMs + poolLimits.launchMs);
    }
  });
});
