import { fileURLToPath } from 'node:url';
import type { Context, Section } from '../section.js';
import { environmentWith, runNode } from '../subjects/escarp-program.js';

export const registryCore: Section = {
  name: 'registry',
  title: 'The lease registry alone: a pure step on 10 to 100,000 leases, processor time',
  measure: async (context) => {
    context.say('tinybench');
    const program = fileURLToPath(new URL('../registry.mjs', import.meta.url));
    const quick = context.effort.name === 'smoke' ? ['--smoke'] : [];
    const printed: Row[] = JSON.parse(await runNode([program, '--json', ...quick], environmentWith({})));
    const rows = printed.filter((row): row is RegistryRow => 'samplesNs' in row);
    for (const { name, samplesNs, limitNs } of rows) {
      context.row({
        name,
        unit: 'ns',
        values: samplesNs,
        ...(limitNs === undefined ? {} : { goal: { of: 'median', max: limitNs } as const }),
      });
    }
    reportGrowth(context, rows);
    for (const row of printed) {
      if ('samplesBytes' in row) context.row({ name: row.name, unit: '', values: row.samplesBytes });
    }
  },
};

type Row = RegistryRow | { readonly name: string; readonly samplesBytes: readonly number[] };

interface RegistryRow {
  readonly name: string;
  readonly samplesNs: readonly number[];
  readonly limitNs?: number;
}

/** A renewal among ten thousand leases may cost three times one among ten. */
function reportGrowth(context: Context, rows: readonly RegistryRow[]): void {
  const renewals = rows.filter(({ name }) => name.startsWith('renew'));
  const [few = NaN, many = NaN] = renewals.map(({ samplesNs }) => middle(samplesNs));
  const goal = { of: 'median', max: 3 } as const;
  context.row({ name: 'renew at 10,000 leases, times its cost at 10', unit: '', values: [many / few], goal });
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
