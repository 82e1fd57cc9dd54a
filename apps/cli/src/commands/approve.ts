import { omitUndefined } from '@escarp/contract';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { daemonClient } from '../find-daemon.js';
import { printAnswer } from '../print-answer.js';
import { printable } from '../print/printable.js';
import { decidingPerson } from '../deciding-person.js';

/** Decides about one request, or lists those that are waiting. */
export async function approve(cli: Cli, args: Arguments): Promise<number> {
  const client = await daemonClient(cli);
  const id = args.text('id');
  if (id === undefined) {
    const { approvals = [] } = await client.status();
    const lines = approvals.map(
      ({ id: each, holder, logins }) => `${each}  ${printable(holder)} wants ${printable(logins.join(', '))}`,
    );
    printAnswer(cli, { approvals }, lines.length > 0 ? lines : ['No request waits.']);
    return 0;
  }
  const deny = args.flag('deny');
  const said = { who: decidingPerson(cli, args), ...omitUndefined({ note: args.text('note') }) };
  const decided = await client.approve({ id, approve: !deny, ...said });
  printAnswer(cli, decided, [`Request ${printable(id)} is ${deny ? 'denied' : 'approved'}.`]);
  return 0;
}
