import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { publicEvent, readJournal, stateDirectory } from '@escarp/broker';
import { fillReport, poolFigures, timelineOf } from '@escarp/live-view/journal';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { writeOwnFile } from '../own-files/write-own-file.js';

const require = createRequire(import.meta.url);
const dayS = 24 * 3_600;

/** Writes what happened, and the figures of the last hour, as one page. It needs no running daemon. */
export async function report(cli: Cli, args: Arguments): Promise<number> {
  const path = resolve(cli.cwd, args.required('html'));
  const events = (await readJournal(stateDirectory(cli.settings.home).journal)).map(publicEvent);
  const to = cli.clocks.wallMs() / 1_000;
  const timeline = timelineOf(events, { from: to - dayS, to });
  const figures = poolFigures(events, to);
  const data = { title: 'escarp report', version: cli.version, timeline, figures };
  await writeOwnFile(path, fillReport(await reportPage(), data));
  printResult(cli, { html: path, events: timeline.events.length }, [`Wrote ${path}.`]);
  return 0;
}

/** The page is part of the dashboard's package. */
async function reportPage(): Promise<string> {
  return readFile(
    join(dirname(require.resolve('@escarp/dashboard/package.json')), 'dist', 'report.html'),
    'utf8',
  );
}
