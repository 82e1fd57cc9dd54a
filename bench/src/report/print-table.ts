import type { MachineFacts } from '../machine-facts.js';
import { loadMax } from '../machine-facts.js';
import type { Row } from '../row.js';
import { isLost } from '../row.js';
import { figure } from './figure.js';

/** What everything below was measured on. */
export function machineLines(facts: MachineFacts): string[] {
  const { at, load, processor, cores, memoryGb, system, revision, versions } = facts;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `load ${load.toFixed(2)}   ${at}   revision ${revision}`,
    `${processor}, ${cores} cores, ${memoryGb} GB, ${system}`,
    named.join(', '),
    ...(load > loadMax
      ? [`WARNING: the load is above ${loadMax}. Other work shares the cores; do not trust these figures.`]
      : []),
  ];
}

const widths = { median: 9, p95: 9, n: 6, ratio: 6 };
const nameWidthMin = 24;
const verdictWidth = 24;

/** A section's rows as a table no wider than the terminal: where it is narrow, names are shortened. */
export function sectionLines(rows: readonly Row[], columns: number): string[] {
  const figures = Object.values(widths).reduce((sum, width) => sum + width + 1, 0);
  const isWide = columns >= nameWidthMin + figures + verdictWidth;
  const longest = Math.max(...rows.map(({ name }) => name.length), nameWidthMin);
  const room = columns - figures - (isWide ? verdictWidth : 2);
  const nameWidth = Math.min(longest, Math.max(nameWidthMin, room));
  const line = (name: string, cells: readonly string[], verdict: string): string =>
    [shortened(name, nameWidth).padEnd(nameWidth), ...cells, verdict].join(' ').trimEnd();
  const header = Object.entries(widths).map(([name, width]) => name.padStart(width));
  return [
    line('', header, ''),
    ...rows.map((row) => line(row.name, cellsOf(row), isWide ? verdictOf(row) : markOf(row))),
  ];
}

function cellsOf({ median, p95, n, unit, ratio }: Row): string[] {
  return [
    figure(median, unit).padStart(widths.median),
    (n === 1 ? '' : figure(p95, unit)).padStart(widths.p95),
    String(n).padStart(widths.n),
    (ratio === undefined ? '' : ratio.toFixed(2)).padStart(widths.ratio),
  ];
}

/** Whether the goal was met, and whether escarp loses. */
export function verdictOf(row: Row): string {
  const { goal } = row;
  if (goal !== undefined) return `${goal.met ? 'met' : 'MISSED'}: ${goal.text}`;
  return isLost(row) ? 'loses' : '';
}

function markOf(row: Row): string {
  if (row.goal !== undefined) return row.goal.met ? '+' : '!';
  return isLost(row) ? '-' : '';
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 3)}...`;
}
