import { slotsMax } from '@escarp/contract';
import type { PoolOutcome, SimulationSize } from './simulate-pool.js';
import { simulatePool } from './simulate-pool.js';
import type { Workload } from './workload.js';
import { offeredLoad } from './workload.js';

export interface PoolPlan {
  /** The average number of slots in use if one were always free. */
  readonly load: number;
  /** The smallest pool in which at most one session in twenty waits longer than is acceptable. */
  readonly slots: number;
  /** False if more of them wait longer even in the largest possible pool. */
  readonly isEnough: boolean;
  /** Pools of similar size, in ascending order. */
  readonly pools: readonly PoolOutcome[];
}

/**
 * Finds the pool that a workload needs. With a slot for every agent nobody waits except for resets, so the search ends
 * there, or at the largest possible pool.
 */
export function planPool(workload: Workload, bearableWaitS: number, size: SimulationSize): PoolPlan {
  const known = new Map<number, PoolOutcome>();
  const outcome = (slots: number): PoolOutcome => {
    const found = known.get(slots) ?? simulatePool(workload, slots, size);
    known.set(slots, found);
    return found;
  };
  const load = offeredLoad(workload);
  const isEnough = (slots: number): boolean => outcome(slots).waitS.p95 <= bearableWaitS;
  const most = Math.min(workload.agents, slotsMax);
  const slots = smallest(1, most, isEnough);
  return { load, slots, isEnough: isEnough(slots), pools: around(slots, load, most).map(outcome) };
}

/** The smallest number that is enough, or the largest if none is. */
function smallest(min: number, max: number, isEnough: (candidate: number) => boolean): number {
  let low = min;
  let high = max;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const shares = [0.7, 0.85, 0.95, 1.05, 1.15, 1.3];

/** The pool itself, one for the bare load, and some smaller and larger ones, to show the cost of each. */
function around(slots: number, load: number, most: number): number[] {
  const sizes = [slots - 1, slots, slots + 1, Math.ceil(load), ...shares.map((share) => share * slots)];
  const whole = sizes.map((size) => Math.min(most, Math.max(1, Math.round(size))));
  return [...new Set(whole)].toSorted((a, b) => a - b);
}
