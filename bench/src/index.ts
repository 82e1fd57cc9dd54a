// pnpm bench. Options are in the usage below.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { locateBrowser } from '@escarp/slot-pool';
import { effort } from './effort.js';
import { machineFacts } from './machine-facts.js';
import { docsPage } from './report/docs-page.js';
import { plotsOf } from './report/plots.js';
import { machineLines, sectionLines } from './report/print-table.js';
import type { Results, SectionResults } from './report/results.js';
import { runSections } from './run-sections.js';
import { sections } from './sections/index.js';
import { withPool } from './subjects/escarp-pool.js';
import { type LendPool, withSharedPools } from './subjects/shared-pools.js';

const usage = `pnpm bench [--only SECTION]... [--full | --smoke [--whole]] [--out FILE] [--write-docs]

  --only SECTION  ${sections.map(({ name }) => name).join(', ')}; may be repeated
  --full          many more rounds, for publication
  --smoke         a few, to see that the benchmark itself works
  --whole         with --smoke: beside every rival, not only one of each kind
  --out FILE      where the figures go as JSON; bench/results.json if not said
  --write-docs    also write docs/benchmarks.md and its plots; not with --only, because the page is of one run`;

const columnsUnknown = 120;
const folder = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    full: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    whole: { type: 'boolean', default: false },
    out: { type: 'string', default: join(folder, 'results.json') },
    'write-docs': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const mistake = mistakeIn();
if (values.help || mistake !== undefined) {
  console.log(mistake === undefined ? usage : `${mistake}\n\n${usage}`);
  process.exitCode = mistake === undefined ? 0 : 2;
} else {
  await bench();
}

function mistakeIn(): string | undefined {
  const unknown = values.only.find((name) => !sections.some((section) => section.name === name));
  if (unknown !== undefined) return `There is no section ${unknown}.`;
  return values['write-docs'] && values.only.length > 0 ? 'The page is of one whole run.' : undefined;
}

async function bench(): Promise<void> {
  const startedAt = performance.now();
  const browser = await browserPath();
  const machine = await machineFacts(browser);
  console.log(machineLines(machine).join('\n'));
  const chosen = sections.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
  const how = values.smoke ? effort('smoke', values.whole) : effort(values.full ? 'full' : 'quick');
  const measure = async (lendPool: LendPool): Promise<SectionResults[]> =>
    runSections(chosen, { browser, effort: how, lendPool, say, finished: show });
  const measured = await (how.isWhole ? measure(withPool) : withSharedPools(measure));
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const results: Results = { effort: how.name, machine, seconds, sections: measured };
  await writeFile(values.out, `${JSON.stringify(results, null, 2)}\n`);
  if (values['write-docs']) await writeDocs(results);
  const failed = measured.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
  if (failed.length > 0) {
    console.log(`\nFAILED: ${failed.join(', ')}; repeat with --only`);
    process.exitCode = 1;
  }
  const goals = measured.flatMap(({ rows }) => rows).flatMap(({ goal }) => goal ?? []);
  const met = goals.filter((goal) => goal.met).length;
  console.log(`\n${met} of ${goals.length} goals met, in ${seconds} s; all figures are in ${values.out}`);
}

function show({ title, rows, notes, failure, seconds }: SectionResults): void {
  say('');
  console.log(`\n${title} (${seconds} s)\n${sectionLines(rows, columns()).join('\n')}`);
  for (const note of notes) console.log(note);
  if (failure !== undefined) console.log(`FAILED: ${failure}`);
}

async function browserPath(): Promise<string> {
  const found = await locateBrowser({
    explicitPath: process.env['ESCARP_CFT_BINARY'] || undefined,
    cacheDir: join(process.env['ESCARP_HOME'] ?? join(process.env['HOME'] ?? '', '.escarp'), 'chrome'),
    host: { platform: process.platform === 'darwin' ? 'darwin' : 'linux', isRoot: process.getuid?.() === 0 },
  });
  if (found !== undefined) return found.path;
  throw new Error('There is no browser. Run npx escarp install-browser, or set ESCARP_CFT_BINARY.');
}

async function writeDocs(results: Results): Promise<void> {
  const docs = join(dirname(folder), 'docs');
  const plots = plotsOf(results);
  await mkdir(join(docs, 'images'), { recursive: true });
  for (const { name, svg } of plots) await writeFile(join(docs, 'images', `${name}.svg`), svg);
  const { format } = await import('oxfmt');
  const path = join(docs, 'benchmarks.md');
  const { code } = await format(path, docsPage(results, plots));
  await writeFile(path, code);
}

function columns(): number {
  return process.stdout.columns || columnsUnknown;
}

/** One line that is overwritten, and only where people look. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text.slice(0, columns() - 1)}`);
}
