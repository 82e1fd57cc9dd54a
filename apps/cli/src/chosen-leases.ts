import { isLeaseOver } from '@escarp/contract';
import type { SlotView } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import type { Arguments } from './arguments.js';
import type { Cli } from './cli.js';
import type { DaemonConnection } from './find-daemon.js';
import type { RememberedLease } from './held-leases.js';
import { forgetLeases, heldHere, heldLeases, isStillHeld } from './held-leases.js';
import { typedSecret } from './typed-secret.js';
import { UsageError } from './usage-error.js';

/** A lease that a command works on. If only its token was given, nothing else about it is known. */
export type ChosenLease = Pick<RememberedLease, 'leaseToken'> &
  Partial<Pick<RememberedLease, 'slot' | 'holder'>>;

/**
 * The leases chosen by a command's options: `--token`, `--mine`, or `--slot` and `--holder` among the leases of this
 * user; without any of them, the lease that this shell exports, or else the only one of this working tree. With
 * `--mine` there may be none, and some may have ended.
 *
 * @throws UsageError if it is not clear which lease is meant; OperationError `unknown_lease` if this user has no such
 *   lease.
 */
export async function chosenLeases(
  cli: Cli,
  connection: DaemonConnection,
  args: Arguments,
  ifSeveral = `${sayWhich}, or --mine for all of them.`,
): Promise<ChosenLease[]> {
  const token = await typedSecret('token', args.text('token'));
  if (token !== undefined) return [{ leaseToken: token }];
  const { origin } = connection;
  if (args.flag('mine')) return args.flag('everywhere') ? heldLeases(cli, origin) : heldHere(cli, origin);
  const [slot, holder] = [args.count('slot'), args.text('holder')];
  if (slot !== undefined || holder !== undefined) return leasesOf(cli, connection, slot, holder);
  const exported = cli.env['ESCARP_LEASE_TOKEN'];
  return [exported ? { leaseToken: exported } : await theOneHere(cli, connection, ifSeveral)];
}

/** The same for a command that works on one lease. */
export async function chosenLease(
  cli: Cli,
  connection: DaemonConnection,
  args: Arguments,
): Promise<ChosenLease> {
  const [one] = await chosenLeases(cli, connection, args, `${sayWhich}.`);
  if (one === undefined) throw new OperationError('unknown_lease');
  return one;
}

const sayWhich = 'Say which with --slot N';

/** Makes a call with a lease, and forgets the lease if the call shows that it is over. */
export async function orForget<T>(cli: Cli, { leaseToken }: ChosenLease, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (isLeaseOver(error)) await forgetLeases(cli, new Set([leaseToken]));
    throw error;
  }
}

async function leasesOf(
  cli: Cli,
  { client, origin }: DaemonConnection,
  slot: number | undefined,
  holder: string | undefined,
): Promise<ChosenLease[]> {
  const { slots } = await client.status();
  const held = (await heldLeases(cli, origin)).filter((one) => isStillHeld(one, slots));
  const found = held.filter(
    (one) => one.slot === (slot ?? one.slot) && one.holder === (holder ?? one.holder),
  );
  if (found.length > 0) return found;
  const whose = slots.find((one) => one.slot === slot)?.holder;
  const place = slot === undefined ? '' : ` on slot ${slot}`;
  throw new OperationError('unknown_lease', {
    message: `The command line has no lease${holder === undefined ? '' : ` of ${holder}`}${place}.`,
    hint: whose ? `${whose} holds slot ${slot}.` : 'escarp status lists the slots and their holders.',
  });
}

async function theOneHere(
  cli: Cli,
  { client, origin }: DaemonConnection,
  ifSeveral: string,
): Promise<RememberedLease> {
  const { slots } = await client.status();
  const [one, ...others] = (await heldHere(cli, origin)).filter((held) => isStillHeld(held, slots));
  if (one === undefined) throw noneHere(slots.filter(({ holder }) => holder !== null));
  if (others.length === 0) return one;
  const held = listed([one, ...others]);
  throw new UsageError(`There are ${others.length + 1} leases of this working tree: ${held}.`, ifSeveral);
}

function noneHere(others: readonly SlotView[]): UsageError {
  const isNone = others.length === 0;
  const those = isNone ? 'No slot is leased.' : `Leased are: ${listed(others)}.`;
  return new UsageError(
    `No lease of this working tree is known, and ESCARP_LEASE_TOKEN is not set. ${those}`,
    isNone ? 'Lease a slot first with escarp acquire.' : `${sayWhich}, or lease another with escarp acquire.`,
  );
}

function listed(leases: readonly { slot: number; holder: string | null }[]): string {
  return leases.map(({ slot, holder }) => `slot ${slot} (${holder ?? ''})`).join(', ');
}
