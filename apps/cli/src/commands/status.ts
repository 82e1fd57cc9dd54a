import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '@escarp/contract';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { clientAt, daemonUrl } from '../find-daemon.js';
import { printAnswer } from '../print-answer.js';
import { createLiveScreen } from '../print/live-screen.js';
import { terminalOf } from '../print/terminal.js';
import { describeNotApplied, settingsNotApplied } from '../settings-not-applied.js';
import { slotTable } from '../slot-table.js';
import { wrapped } from '../print/wrapped.js';
import { printable } from '../print/printable.js';

export async function status(cli: Cli, args: Arguments): Promise<number> {
  const url = await daemonUrl(cli);
  const client = await clientAt(cli, url);
  if (args.flag('watch') && !cli.json) return watch(cli, url);
  const pool = await client.status();
  printAnswer(cli, pool, slotTable(pool, cli.terminal));
  if (cli.verbose) {
    for (const one of await settingsNotApplied(cli)) say(cli, printable(describeNotApplied(one)));
  }
  return 0;
}

const everyMs = 1_000;

/** Redraws the table every second, because its times change even when nothing happens. */
async function watch(cli: Cli, url: string): Promise<number> {
  const client = await clientAt(cli, url);
  const screen = createLiveScreen(cli.stdout);
  const redraw = (): void => screen.redraw();
  cli.stdout.on('resize', redraw);
  try {
    while (!cli.interrupted.aborted) {
      const terminal = terminalOf(cli.stdout, cli.env);
      screen.show(await linesOf(client, url, terminal));
      await pause(everyMs, undefined, { signal: cli.interrupted }).catch(() => {});
    }
  } finally {
    cli.stdout.off('resize', redraw);
    screen.close();
  }
  return 130;
}

async function linesOf(
  client: Awaited<ReturnType<typeof clientAt>>,
  url: string,
  terminal: Cli['terminal'],
): Promise<string[]> {
  const head = wrapped(printable(`escarp at ${url}, Ctrl-C to end`), terminal.columns);
  try {
    return [...head, '', ...slotTable(await client.status(), terminal)];
  } catch (error) {
    return [...head, '', ...wrapped(printable(messageOf(error)), terminal.columns)];
  }
}
