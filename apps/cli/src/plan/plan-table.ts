import { bytes, counted, duration } from '../print/quantities.js';
import type { Column } from '../print/table.js';
import { renderTable } from '../print/table.js';
import type { Terminal } from '../print/terminal.js';
import { wrapped } from '../print/wrapped.js';
import type { PoolPlan } from './plan-pool.js';
import type { PoolOutcome } from './simulate-pool.js';
import type { Workload } from './workload.js';

/** Proportional set size of a headless Chrome with an empty page: 180 to 230 MB on Linux. */
const slotBytes = 200_000_000;

/** The pools around the recommended one, the waits they mean, and a sentence that names the recommended one. */
export function planTable(
  { load, slots, isEnough, pools }: PoolPlan,
  workload: Workload,
  bearableWaitS: number,
  terminal: Terminal,
): string[] {
  const wanted = (pool: PoolOutcome): boolean => pool.slots === slots;
  const columns: Column<PoolOutcome>[] = [
    {
      header: 'SLOTS',
      value: (pool) => `${wanted(pool) ? '> ' : ''}${pool.slots}`,
      tone: (pool) => (wanted(pool) ? 'good' : undefined),
      align: 'right',
      rank: 0,
    },
    { header: 'IN USE', value: ({ utilisation }) => percent(utilisation), align: 'right', rank: 3 },
    { header: 'AT ONCE', value: ({ atOnce }) => percent(atOnce), align: 'right', rank: 1 },
    { header: 'WAIT p50', value: ({ waitS }) => wait(waitS.p50), align: 'right', rank: 2 },
    { header: 'p95', value: ({ waitS }) => wait(waitS.p95), align: 'right', rank: 0 },
    { header: 'MOST', value: ({ waitS }) => wait(waitS.max), align: 'right', rank: 4 },
    { header: 'LINE', value: ({ queueMax }) => String(queueMax), align: 'right', rank: 5 },
    { header: 'MEMORY', value: (pool) => bytes(pool.slots * slotBytes), align: 'right', rank: 6 },
  ];
  const question =
    `${counted(workload.agents, 'agent')}, each using a browser ${percent(workload.busy)} of the time, ` +
    `${wait(workload.sessionS)} at a stretch, and resets that take ${wait(workload.resetS)}: ` +
    `${load.toFixed(1)} slots in use on average.`;
  const answer = isEnough
    ? `${counted(slots, 'slot')}: 19 of 20 sessions begin within ${wait(bearableWaitS)}. ` +
      `escarp up --pool-size ${slots}`
    : `Not even ${counted(slots, 'slot')}, the most a pool can have or these agents can use, let 19 of 20 ` +
      `sessions begin within ${wait(bearableWaitS)}: share the agents out among several machines, or let them wait longer.`;
  return [
    ...wrapped(question, terminal.columns),
    '',
    ...renderTable(columns, pools, terminal),
    '',
    ...wrapped(answer, terminal.columns),
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function wait(seconds: number): string {
  return seconds === 0 ? '0' : duration(seconds * 1_000);
}
