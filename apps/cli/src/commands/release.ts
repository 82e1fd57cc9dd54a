import type { Client, SlotView } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { daemonClient } from '../find-daemon.js';
import type { RememberedLease } from '../held-leases.js';
import { forgetLeases, heldHere, heldLeases, isStillHeld } from '../held-leases.js';
import { printAnswer } from '../print-answer.js';
import { UsageError } from '../usage-error.js';

/** Gives slots back: one's own by their tokens, others' as an operator. */
export async function release(cli: Cli, args: Arguments): Promise<number> {
  const client = await daemonClient(cli);
  const released = await releaseChosen(cli, client, args);
  printAnswer(
    cli,
    { released },
    released.length === 0
      ? ['Nothing to release.']
      : released.map(({ slot, state }) => `slot ${slot}: ${state}`),
  );
  return 0;
}

async function releaseChosen(cli: Cli, client: Client, args: Arguments): Promise<SlotView[]> {
  const noWait = args.flag('no-wait');
  const token = args.text('token');
  if (token !== undefined) return [await client.release({ leaseToken: token, noWait })];
  if (args.flag('mine')) {
    const held = args.flag('everywhere') ? await heldLeases(cli) : await heldHere(cli);
    return releaseHeld(cli, client, held, noWait);
  }
  const slot = args.count('slot');
  if (slot !== undefined) return revokeAll(client, [slot]);
  const holder = args.text('holder');
  if (holder === undefined && !args.flag('all')) return releaseTheOne(cli, client, noWait);
  const { slots } = await client.status();
  const chosen = slots.filter((one) => one.holder !== null && (holder ?? one.holder) === one.holder);
  return revokeAll(
    client,
    chosen.map((one) => one.slot),
  );
}

/** Without a word of which: the lease that this shell exports, else the only one of this working tree. */
async function releaseTheOne(cli: Cli, client: Client, noWait: boolean): Promise<SlotView[]> {
  const exported = cli.env['ESCARP_LEASE_TOKEN'];
  if (exported) {
    const slot = await client.release({ leaseToken: exported, noWait });
    await forgetLeases(cli, new Set([exported]));
    return [slot];
  }
  const { slots } = await client.status();
  const held = (await heldHere(cli)).filter((one) => isStillHeld(one, slots));
  if (held.length === 1) return releaseHeld(cli, client, held, noWait);
  const others = slots.filter((one) => one.holder !== null);
  throw held.length > 1 ? severalHere(held) : noneHere(others);
}

function severalHere(held: readonly RememberedLease[]): UsageError {
  return new UsageError(
    `There are ${held.length} leases of this working tree: ${listed(held)}.`,
    'Say which with --slot N, or --mine for all of them.',
  );
}

function noneHere(others: readonly SlotView[]): UsageError {
  const those = others.length === 0 ? 'No slot is leased.' : `Leased are: ${listed(others)}.`;
  return new UsageError(
    `No lease of this working tree is known, and ESCARP_LEASE_TOKEN is not set. ${those}`,
    'Say which to release: --slot N, --holder NAME, --token T, --mine --everywhere or --all.',
  );
}

function listed(leases: readonly { slot: number; holder: string | null }[]): string {
  return leases.map(({ slot, holder }) => `slot ${slot} (${holder ?? ''})`).join(', ');
}

async function releaseHeld(
  cli: Cli,
  client: Client,
  held: readonly RememberedLease[],
  noWait: boolean,
): Promise<SlotView[]> {
  const released = await Promise.all(
    held.map(({ leaseToken }) => client.release({ leaseToken, noWait }).catch(undefinedIfEnded)),
  );
  await forgetLeases(cli, new Set(held.map(({ leaseToken }) => leaseToken)));
  return released.filter((slot) => slot !== undefined);
}

/** A lease that ended in the meantime is as released as it can be. */
function undefinedIfEnded(error: unknown): undefined {
  const ended = error instanceof OperationError && ['lease_ended', 'unknown_lease'].includes(error.code);
  if (!ended) throw error;
}

function revokeAll(client: Client, slots: readonly number[]): Promise<SlotView[]> {
  return Promise.all(slots.map((slot) => client.revoke({ slot })));
}
