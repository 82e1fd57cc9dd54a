import { omitUndefined } from '@escarp/contract';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { decidingPerson } from '../deciding-person.js';
import { daemonClient } from '../find-daemon.js';
import { printAnswer } from '../print-answer.js';
import { printable, printableLines } from '../print/printable.js';

/** Answers one question of an agent, or lists the open ones. */
export async function answer(cli: Cli, args: Arguments): Promise<number> {
  const client = await daemonClient(cli);
  const id = args.text('id');
  if (id === undefined) {
    const { asks = [] } = await client.status();
    const lines = asks.flatMap(({ id: each, slot, holder, reason, instructions }) => [
      `${each}  slot ${slot}, ${printable(holder)}: ${printable(reason)}`,
      ...printableLines(instructions ?? '').map((line) => `     ${line}`),
    ]);
    printAnswer(cli, { asks }, lines.length > 0 ? lines : ['No question is open.']);
    return 0;
  }
  const outcome = args.flag('declined') ? 'declined' : 'done';
  const said = { who: decidingPerson(cli, args), ...omitUndefined({ note: args.text('note') }) };
  const answered = await client.answer({ id, outcome, ...said });
  printAnswer(cli, answered, [`Question ${printable(id)} is answered: ${outcome}.`]);
  return 0;
}
