import type { Row } from '../row.js';
import { figure } from './figure.js';

/** A row that tells most readers all they want to know. */
interface Headline {
  readonly section: string;
  readonly row: RegExp;
  /** What was measured, for somebody who reads nothing else. */
  readonly what: string;
}

const headlines: readonly Headline[] = [
  { section: 'page', row: /^escarp lease, 1 at once$/, what: 'First page, one agent' },
  { section: 'page', row: /^escarp lease, 8 at once$/, what: 'First page, 8 agents on 4 slots' },
  {
    section: 'page',
    row: /^@playwright\/mcp leased, first navigation, 1 at once$/,
    what: 'First page through `@playwright/mcp`',
  },
  {
    section: 'page',
    row: /^chrome-devtools-mcp leased, first navigation, 1 at once$/,
    what: 'First page through `chrome-devtools-mcp`',
  },
  { section: 'page', row: /^agent-browser leased, 1 at once$/, what: 'First page through `agent-browser`' },
  { section: 'test-suite', row: /^wall time, 4 workers on slots$/, what: 'A Playwright suite, 4 workers' },
  { section: 'test-suite', row: /^CPU, 4 workers on slots$/, what: 'Processor time of that suite' },
  { section: 'click', row: /^page\.click, leased slot$/, what: 'A click' },
  { section: 'memory', row: /^slot PSS$/, what: 'Memory of a browser' },
  { section: 'memory', row: /^daemon RSS, \d+ slots$/, what: 'Memory of the daemon' },
  { section: 'memory', row: /^daemon at idle/, what: 'Processor while nobody asks, of one core' },
  { section: 'turnover', row: /^recycle$/, what: 'A browser as new for the next agent' },
  { section: 'turnover', row: /^recycle with a spare$/, what: 'The same with a spare browser' },
  { section: 'requests', row: /^renew throughput, 50 connections$/, what: 'Heartbeats a second' },
  { section: 'cli', row: /^escarp status$/, what: '`escarp status`' },
];

/** What escarp gains and what it costs, in one table. Rows that were not measured are left out. */
export function atAGlance(rows: readonly Row[]): string[] {
  const chosen = headlines.flatMap(({ section, row, what }) => {
    const found = rows.find((one) => one.section === section && row.test(one.name));
    return found === undefined ? [] : [{ what, row: found }];
  });
  if (chosen.length === 0) return [];
  return [
    '## At a glance',
    '',
    '| | escarp | without escarp | |',
    '| --- | ---: | ---: | --- |',
    ...chosen.map(({ what, row }) => glanceLine(what, row, rows)),
    '',
  ];
}

function glanceLine(what: string, row: Row, rows: readonly Row[]): string {
  const { section, median, unit, ratio, better, rival } = row;
  const beside = rows.find((one) => one.section === section && one.name === rival);
  const without = beside === undefined ? '' : `${figure(beside.median, unit)} (${beside.name})`;
  return `| ${what} | ${figure(median, unit)} | ${without} | ${ratio === undefined ? 'costs this much' : wordsFor(better === 'less' ? ratio : 1 / ratio)} |`;
}

/** A ratio of times or sizes, in words. */
function wordsFor(ratio: number): string {
  if (ratio > 1.05) return `**costs** ${ratio.toFixed(2)} times as much`;
  return ratio < 0.95 ? `**gains**: ${(1 / ratio).toFixed(1)} times better` : 'the same';
}
