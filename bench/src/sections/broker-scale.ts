import type { Row } from '../row.js';
import type { Context, Section } from '../section.js';
import { fitExponent } from '../statistics.js';
import { startProgram } from '../subjects/child-program.js';

export const brokerScale: Section = {
  name: 'scale',
  title: 'Scale of the broker: simulated slots and waiters, in one process, journal on disk, without HTTP',
  measure: async (context) => {
    const { effort } = context;
    const slots = effort.name === 'smoke' ? [4, 16] : [4, 100, 1_000];
    const waiters = effort.name === 'smoke' ? [1, 16] : [1, 100, 1_000, 10_000];
    await grow(context, 'slots', slots, (size) => ({ slots: size, waiters: 0 }));
    await grow(context, 'waiters', waiters, (size) => ({ slots: 4, waiters: size }));
  },
};

const exponentMax = 0.2;

async function grow(
  context: Context,
  what: 'slots' | 'waiters',
  sizes: readonly number[],
  broker: (size: number) => { slots: number; waiters: number },
): Promise<void> {
  const { effort } = context;
  const grant = what === 'slots' ? 'acquire' : 'release to the next grant';
  const rows: { size: number; grant: Row; renew: Row }[] = [];
  for (const size of sizes) {
    context.say(`${size} ${what}`);
    const samples = effort.of(20, 400, 5_000);
    const idleMs = effort.of(100, 1_000, 10_000);
    const program = await startProgram('broker-scale', { ...broker(size), samples, idleMs });
    const { acquireUs, renewUs, rssMb, idlePercent } = program.ready;
    const row = (name: string, values: unknown, unit: 'µs' | 'MB' | '%'): Row =>
      context.row({
        name: `${name}, ${size} ${what}`,
        unit,
        values: Array.isArray(values) ? values.map(Number) : [Number(values)],
        ...(unit === 'µs' ? { point: { curve: `${name}, by ${what}`, x: size } } : {}),
      });
    rows.push({ size, grant: row(grant, acquireUs, 'µs'), renew: row('renew', renewUs, 'µs') });
    row('RSS', rssMb, 'MB');
    row('CPU at idle', idlePercent, '%');
  }
  for (const [name, pick] of [
    [grant, (row: (typeof rows)[number]) => row.grant],
    ['renew', (row: (typeof rows)[number]) => row.renew],
  ] as const) {
    const exponent = fitExponent(rows.map((row) => [row.size, pick(row).median]));
    context.row({
      name: `growth exponent of ${name}, by ${what}`,
      unit: '',
      values: [exponent],
      goal: { of: 'median', max: exponentMax },
    });
  }
}
