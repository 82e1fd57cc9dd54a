import { isLeaseOver } from '@escarp/contract';
import type { Client, SlotView } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { ChosenLease } from '../chosen-leases.js';
import { chosenLeases } from '../chosen-leases.js';
import type { Cli } from '../cli.js';
import { type DaemonConnection, daemonConnection } from '../find-daemon.js';
import { forgetLeases } from '../held-leases.js';
import { printAnswer } from '../print-answer.js';

/** Gives slots back: one's own by their tokens, others' as an operator. */
export async function release(cli: Cli, args: Arguments): Promise<number> {
  const released = await releaseChosen(cli, await daemonConnection(cli), args);
  printAnswer(
    cli,
    { released },
    released.length === 0
      ? ['Nothing to release.']
      : released.map(({ slot, state }) => `slot ${slot}: ${state}`),
  );
  return 0;
}

async function releaseChosen(cli: Cli, connection: DaemonConnection, args: Arguments): Promise<SlotView[]> {
  const { client } = connection;
  const slot = args.count('slot');
  if (slot !== undefined) return revokeAll(client, [slot]);
  const holder = args.text('holder');
  if (holder === undefined && !args.flag('all')) {
    const chosen = await chosenLeases(cli, connection, args);
    return releaseAll(cli, client, chosen, args.flag('no-wait'));
  }
  const { slots } = await client.status();
  const chosen = slots.filter((one) => one.holder !== null && (holder ?? one.holder) === one.holder);
  return revokeAll(
    client,
    chosen.map((one) => one.slot),
  );
}

async function releaseAll(
  cli: Cli,
  client: Client,
  chosen: readonly ChosenLease[],
  noWait: boolean,
): Promise<SlotView[]> {
  const released = await Promise.all(
    chosen.map(({ leaseToken, slot }) =>
      client.release({ leaseToken, noWait }).catch((error: unknown) => {
        // A remembered lease that has ended in the meantime needs no release. If a token was given, its error is
        // reported.
        if (slot === undefined || !isLeaseOver(error)) throw error;
        return undefined;
      }),
    ),
  );
  await forgetLeases(cli, new Set(chosen.map(({ leaseToken }) => leaseToken)));
  return released.filter((slot) => slot !== undefined);
}

function revokeAll(client: Client, slots: readonly number[]): Promise<SlotView[]> {
  return Promise.all(slots.map((slot) => client.revoke({ slot })));
}
