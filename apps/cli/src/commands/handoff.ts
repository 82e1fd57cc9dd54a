import { omitUndefined } from '@escarp/contract';
import type { HandoffOffer, LeaseView } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import { chosenLease, orForget } from '../chosen-leases.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { daemonConnection } from '../find-daemon.js';
import { shellWord } from '../lease-variables.js';
import { lastingUntil } from '../print/lasting-until.js';
import { printable } from '../print/printable.js';
import { printAnswer } from '../print-answer.js';

/** Offers a leased slot to another holder, who takes it over with the code that is printed here and nowhere else. */
export async function handoff(cli: Cli, args: Arguments): Promise<number> {
  const to = args.required('to');
  const connection = await daemonConnection(cli);
  const { client } = connection;
  const chosen = await chosenLease(cli, connection, args);
  const { leaseToken } = chosen;
  // An offer ends with its lease, so the lease is renewed first.
  const lease = await orForget(cli, chosen, client.heartbeat({ leaseToken }));
  const ttl = omitUndefined({ ttlS: args.number('ttl') });
  const offer = await orForget(cli, chosen, client.handoff({ leaseToken, to, ...ttl }));
  printAnswer(cli, { slot: lease.slot, to, ...offer }, linesFor(offer, lease, to, cli.clocks.wallMs()));
  warnOfEarlyEnd(cli, lease, offer);
  return 0;
}

function linesFor(
  { handoff: code, expiresAt }: HandoffOffer,
  { slot }: LeaseView,
  to: string,
  nowMs: number,
) {
  const holder = shellWord(to);
  return [
    `Slot ${slot} is offered to ${printable(to)}, ${lastingUntil(expiresAt, nowMs)}.`,
    'The code is good once:',
    '',
    `  ${code}`,
    '',
    'To take the slot over as it is:',
    '',
    // A code may begin with a dash.
    `  escarp acquire --holder ${printable(holder)} --handoff=${code}`,
    '',
    'With --handoff - the code is read from standard input,',
    'where no process list shows it.',
  ];
}

/** Both times come from the daemon's clock, and the offer was made a moment after the renewal. */
function warnOfEarlyEnd(cli: Cli, { expiresAt }: LeaseView, offer: HandoffOffer): void {
  if (expiresAt === null || offer.expiresAt - expiresAt < 1) return;
  const end = lastingUntil(expiresAt, cli.clocks.wallMs());
  say(cli, `The lease itself lasts ${end} unless it is renewed; the offer ends with it.`);
}
