import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttackGroup, AttackResult } from './attack-results.js';

/** The published page, from the results in a folder. */
export function securityTable(folder: string): string {
  const sections = readdirSync(folder)
    .toSorted()
    .map((name): AttackGroup => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const all = sections.flatMap(({ results }) => results);
  const [attempts, through] = [sum(all, 'attempts'), sum(all, 'gotThrough')];
  return [
    '# What was attacked, and what got through',
    '',
    'Made by `e2e/security` from what its tests measured against a real daemon, real browsers and real sockets; do not',
    'edit. An attempt got through when it changed something, read something, stopped something, or was not refused as',
    'it must be. Two groups have a control that shows that success is noticed: the pages, from each of whose places each',
    'way gets through to a server that guards nothing, and the search for secrets, which finds them in the files that',
    'are made for them. `pnpm attack` makes these numbers; `npm test` tries the same attacks, each less often.',
    '',
    `${attempts} attempts, of which ${through} got through.`,
    ...sections.flatMap(({ title, results }) => ['', `## ${title}`, '', ...table(results)]),
    '',
  ].join('\n');
}

function sum(results: readonly AttackResult[], field: 'attempts' | 'gotThrough'): number {
  return results.reduce((total, result) => total + result[field], 0);
}

// As prettier aligns tables, which checks the page like every other file.
function table(results: readonly AttackResult[]): string[] {
  const head = ['attack', 'attempts', 'got through'];
  const rows = results.map(({ attack, attempts, gotThrough }) => [
    attack,
    String(attempts),
    String(gotThrough),
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
