import { describe, expect, it } from 'vitest';
import { slotsMax } from '@escarp/contract';
import { planPool } from '../../src/plan/plan-pool.js';
import { planTable } from '../../src/plan/plan-table.js';
import { simulatePool } from '../../src/plan/simulate-pool.js';

const workload = { agents: 40, busy: 0.3, sessionS: 60, resetS: 0.3 };
const size = { sessions: 2_000, seed: 1 };

describe('a simulated pool', () => {
  it('has the same result for the same seed and another for another', () => {
    const first = simulatePool(workload, 12, size);
    expect(simulatePool(workload, 12, size)).toEqual(first);
    expect(simulatePool(workload, 12, { ...size, seed: 2 })).not.toEqual(first);
  });

  it('makes nobody wait who has a slot to themselves and needs no reset', () => {
    const outcome = simulatePool({ ...workload, resetS: 0 }, workload.agents, size);
    expect(outcome).toMatchObject({ atOnce: 1, waitS: { mean: 0, p95: 0, max: 0 }, queueMax: 0 });
  });

  it('is used as much as its agents are busy if nobody waits', () => {
    const { utilisation } = simulatePool({ ...workload, resetS: 0 }, workload.agents, {
      sessions: 20_000,
      seed: 3,
    });
    expect(utilisation).toBeCloseTo(workload.busy, 1);
  });

  // Closed-form result for N agents and one server, the machine repairman model: with one agent nobody is before it.
  it('agrees with queueing theory for two agents who share one slot', () => {
    const { atOnce, waitS } = simulatePool({ agents: 2, busy: 0.5, sessionS: 10, resetS: 0 }, 1, {
      sessions: 40_000,
      seed: 5,
    });
    // Arrivals see the system with one agent fewer: it is busy half of the time, for 10 s more.
    expect(atOnce).toBeCloseTo(0.5, 1);
    expect(waitS.mean / 10).toBeCloseTo(0.5, 1);
  });

  it('makes agents wait longer the fewer slots it has', () => {
    const means = [6, 10, 14, 20].map((slots) => simulatePool(workload, slots, size).waitS.mean);
    expect(means).toEqual(means.toSorted((a, b) => b - a));
    expect(new Set(means).size).toBe(means.length);
  });

  it('includes the reset in the time during which a slot is not available', () => {
    const slow = simulatePool({ ...workload, resetS: 60 }, 14, size);
    expect(slow.waitS.mean).toBeGreaterThan(simulatePool(workload, 14, size).waitS.mean);
  });
});

describe('a plan', () => {
  it('names the smallest pool with which the wait is bearable', () => {
    const { slots, load } = planPool(workload, 5, size);
    expect(load).toBeCloseTo(12.06);
    expect(simulatePool(workload, slots, size).waitS.p95).toBeLessThanOrEqual(5);
    expect(simulatePool(workload, slots - 1, size).waitS.p95).toBeGreaterThan(5);
  });

  it('shows pools around that one, by size, none larger than there are agents', () => {
    const { slots, pools } = planPool(workload, 5, size);
    const sizes = pools.map((pool) => pool.slots);
    expect(sizes).toContain(slots);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(workload.agents);
    expect(new Set(sizes).size).toBe(sizes.length);
  });

  it('gives one agent one slot', () => {
    expect(planPool({ ...workload, agents: 1 }, 0, size).slots).toBe(1);
  });
});

describe('a plan for more agents than a pool can serve', () => {
  const many = { agents: 900, busy: 0.9, sessionS: 60, resetS: 0.3 };

  it('advises no pool that there cannot be, and says that it is not enough', () => {
    const { slots, isEnough, pools } = planPool(many, 5, { sessions: 1_000, seed: 1 });
    expect({ slots, isEnough }).toEqual({ slots: slotsMax, isEnough: false });
    expect(Math.max(...pools.map((pool) => pool.slots))).toBe(slotsMax);
  });

  it('says so in words without a command that would be refused', () => {
    const plan = planPool(many, 5, { sessions: 1_000, seed: 1 });
    const text = planTable(plan, many, 5, { columns: 100, unicode: false, colours: false }).join('\n');
    expect(text).toContain('Not even 64 slots');
    expect(text).not.toContain('escarp up');
  });
});
