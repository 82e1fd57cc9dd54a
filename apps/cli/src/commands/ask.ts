import { omitUndefined } from '@escarp/contract';
import type { AskResult, Client } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { daemonClient } from '../find-daemon.js';
import { heldHere, isStillHeld } from '../held-leases.js';
import { printAnswer } from '../print-answer.js';
import { printable } from '../print/printable.js';
import { UsageError } from '../usage-error.js';

const refusedCode = 3;

/** Asks a person about a lease of this working tree, which is renewed meanwhile. Exits with 3 unless it was done. */
export async function ask(cli: Cli, args: Arguments): Promise<number> {
  const client = await daemonClient(cli);
  const leaseToken = await tokenOf(cli, client, args.count('slot'));
  const held = client.hold(await client.heartbeat({ leaseToken }));
  const { handle, slot } = held.lease;
  say(cli, `Waiting for a person to answer about slot ${slot}.`);
  try {
    const answered = await client.ask(
      {
        handle,
        leaseToken,
        reason: args.required('reason'),
        ...omitUndefined({ instructions: args.text('instructions'), timeoutS: args.number('timeout') }),
      },
      { signal: cli.interrupted },
    );
    printAnswer(cli, answered, linesFor(answered));
    return answered.outcome === 'done' ? 0 : refusedCode;
  } finally {
    held.stop();
  }
}

/** The lease that this shell exports, else the only one of this working tree, or the one on the slot that was named. */
async function tokenOf(cli: Cli, client: Client, slot: number | undefined): Promise<string> {
  const exported = cli.env['ESCARP_LEASE_TOKEN'];
  if (exported && slot === undefined) return exported;
  const { slots } = await client.status();
  const held = (await heldHere(cli)).filter((one) => isStillHeld(one, slots));
  const [only, ...others] = held.filter((one) => slot === undefined || one.slot === slot);
  if (only !== undefined && others.length === 0) return only.leaseToken;
  throw new UsageError(
    only === undefined
      ? 'No such lease of this working tree is known.'
      : `There are ${others.length + 1} leases of this working tree.`,
    only === undefined ? 'Lease a slot first with escarp acquire.' : 'Say which with --slot N.',
  );
}

const sentences = {
  done: 'Done. Look at the page again: it may have changed.',
  declined: 'The person declined.',
  timed_out: 'Nobody answered, which is no consent.',
};

function linesFor({ outcome, who, note }: AskResult): string[] {
  const by = who === undefined ? '' : `${printable(who)}: `;
  return [sentences[outcome], ...(note === undefined ? [] : [`${by}${printable(note)}`])];
}
