import { publicEvent, readJournal, stateDirectory } from '@escarp/broker';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { describeEvent } from '../describe-event.js';
import { printAnswer } from '../print-answer.js';

/** Prints the journal, even while the daemon writes to it or when none is running. */
export async function log(cli: Cli, args: Arguments): Promise<number> {
  const slot = args.count('slot');
  const tail = args.count('tail');
  const all = (await readJournal(stateDirectory(cli.settings.home).journal)).map(publicEvent);
  const happened = all
    .map((event) => ({ event, line: describeEvent(event.event) }))
    .filter(({ line }) => line !== undefined && (slot === undefined || line.slot === slot));
  const described = tail === undefined ? happened : happened.slice(Math.max(0, happened.length - tail));
  // Standard output is for the events alone, which scripts read.
  if (happened.length === 0)
    say(cli, `Nothing has happened${slot === undefined ? '' : ` in slot ${slot}`} yet.`);
  printAnswer(
    cli,
    { events: described.map(({ event }) => event) },
    described.map(({ event, line }) => {
      const time = new Date(event.at * 1_000).toISOString();
      return `${time}  ${String(event.revision).padStart(6)}  ${line?.text ?? ''}`;
    }),
  );
  return 0;
}
