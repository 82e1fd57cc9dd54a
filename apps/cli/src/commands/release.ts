import type { Client, SlotView } from '@escarp/transport/client';
import { OperationError, toWire } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { daemonClient } from '../find-daemon.js';
import { forgetLeases, heldLeases } from '../held-leases.js';
import { UsageError } from '../usage-error.js';

/** Gives slots back: one's own by their tokens, others' as an operator. */
export async function release(cli: Cli, args: Arguments): Promise<number> {
  const client = await daemonClient(cli);
  const noWait = args.flag('no-wait');
  const released = await releaseChosen(cli, client, args, noWait);
  printResult(
    cli,
    { released: released.map((slot) => toWire(slot)) },
    released.length === 0
      ? ['Nothing to release.']
      : released.map(({ slot, state }) => `slot ${slot}: ${state}`),
  );
  return 0;
}

async function releaseChosen(
  cli: Cli,
  client: Client,
  args: Arguments,
  noWait: boolean,
): Promise<SlotView[]> {
  const token = args.text('token');
  if (token !== undefined) return [await client.release({ leaseToken: token, noWait })];
  if (args.flag('mine')) return releaseMine(cli, client, noWait);
  const { slots } = await client.status();
  const slot = args.count('slot');
  const holder = args.text('holder');
  if (slot !== undefined) return revokeAll(client, [slot]);
  if (holder !== undefined) return revokeAll(client, slotsOf(slots.filter((one) => one.holder === holder)));
  if (args.flag('all')) return revokeAll(client, slotsOf(slots.filter((one) => one.holder !== null)));
  throw new UsageError(
    'Say what to release: --mine, --all, --slot N, --holder NAME or --token T.',
    'escarp release --mine gives back what you leased from the command line.',
  );
}

async function releaseMine(cli: Cli, client: Client, noWait: boolean): Promise<SlotView[]> {
  const held = await heldLeases(cli);
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

function slotsOf(slots: readonly SlotView[]): number[] {
  return slots.map(({ slot }) => slot);
}

function revokeAll(client: Client, slots: readonly number[]): Promise<SlotView[]> {
  return Promise.all(slots.map((slot) => client.revoke({ slot })));
}
