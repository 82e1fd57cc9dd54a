import type { Row } from '../row.js';
import { isLost } from '../row.js';
import { figure } from './figure.js';
import type { PlotFile } from './plots.js';
import type { Results, SectionResults } from './results.js';
import { verdictOf } from './print-table.js';

/** docs/benchmarks.md, from what one run found out. */
export function docsPage(results: Results, plots: readonly PlotFile[]): string {
  const { machine, sections, effort } = results;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    '# Benchmarks',
    '',
    'Written by `pnpm bench --write-docs`; not edited by hand. Everything on this page was measured in one run on one machine,',
    'rivals unmodified and pinned. `pnpm bench` measures the same on yours in a few minutes, `--full` more often.',
    '',
    `- ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}; load ${machine.load.toFixed(2)} at the start`,
    `- ${versions.join(', ')}`,
    `- revision ${machine.revision}, ${machine.at.slice(0, 10)}, ${effort}`,
    '',
    'A ratio is the median through the median of the row named beside it. Below 1 is better for times and sizes, above 1',
    'for rates.',
    '',
    ...losses(sections),
    ...sections.flatMap(sectionText),
    '## Plots',
    '',
    ...plots.flatMap(({ name, caption }) => [
      `![${caption}](images/${name}.svg)`,
      '',
      `${caption}. Bars reach to the 95th percentile.`,
      '',
    ]),
  ].join('\n');
}

/** First of all, what speaks against escarp. */
function losses(sections: readonly SectionResults[]): string[] {
  const rows = sections.flatMap((section) => section.rows);
  const lost = rows.filter(isLost);
  const missed = rows.filter(({ goal }) => goal?.met === false);
  return [
    '## Where escarp loses',
    '',
    ...(lost.length === 0 ? ['Nowhere in this run.'] : lost.map(lossLine)),
    '',
    ...(missed.length === 0 ? [] : ['Goals of its own that it missed:', '', ...missed.map(missLine), '']),
  ];
}

function lossLine({ name, rival, ratio, median, unit }: Row): string {
  return `- ${name}: ${figure(median, unit)}, ${ratio?.toFixed(2)} times ${rival}`;
}

function missLine({ name, goal, median, unit }: Row): string {
  return `- ${name}: ${figure(median, unit)}, wanted ${goal?.text}`;
}

function sectionText({ title, rows, notes }: SectionResults): string[] {
  return [
    `## ${title}`,
    '',
    '| | median | p95 | n | ratio | beside | |',
    '| --- | ---: | ---: | ---: | ---: | --- | --- |',
    ...rows.map(tableLine),
    '',
    ...notes.flatMap((note) => [note, '']),
  ];
}

function tableLine(row: Row): string {
  const { name, median, p95, n, unit, ratio, rival } = row;
  const cells = [
    name,
    figure(median, unit),
    n === 1 ? '' : figure(p95, unit),
    String(n),
    ratio?.toFixed(2) ?? '',
    rival ?? '',
    row.goal === undefined ? '' : verdictOf(row),
  ];
  return `| ${cells.join(' | ')} |`;
}
