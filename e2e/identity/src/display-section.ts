import { displayKinds, markdownTable } from '@escarp/test-support';

/** The resets, as the columns of the table. */
export const policies = ['tabs', 'storage', 'recycle'] as const;
export type Policy = (typeof policies)[number];

const [begin, end] = ['<!-- display -->', '<!-- /display -->'];

/** The published page with the section on displays as measured, and the rest as it was. */
export function displaySection(page: string, leaks: ReadonlyMap<Policy, readonly string[]>): string {
  const [before, rest] = page.split(`${begin}\n`);
  const after = rest?.split(`${end}\n`)[1];
  if (after === undefined) throw new Error('The page has no section on displays.');
  return [before, begin, '\n', section(leaks), '\n', end, '\n', after].join('');
}

function section(leaks: ReadonlyMap<Policy, readonly string[]>): string {
  const rows = displayKinds.map(({ name }) => [
    name,
    ...policies.map((policy) => (measured(leaks, policy).includes(name) ? 'stays' : 'cleared')),
  ]);
  return [
    '',
    '## Display',
    '',
    'Measured by `e2e/identity/test/display-leaks.test.ts` on a pool with `--displays`, the former holder staying connected.',
    '`recycle` starts another display server with another cookie; the other resets keep the one that runs.',
    '',
    ...markdownTable([['state', ...policies], ...rows]),
    '',
  ].join('\n');
}

function measured(leaks: ReadonlyMap<Policy, readonly string[]>, policy: Policy): readonly string[] {
  const found = leaks.get(policy);
  if (found === undefined) throw new Error(`Nothing was measured for ${policy}.`);
  return found;
}
