import { isLeaseOver, omitUndefined } from '@escarp/contract';
import type { Client, LeaseView } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { ChosenLease } from '../chosen-leases.js';
import { chosenLeases } from '../chosen-leases.js';
import type { Cli } from '../cli.js';
import { daemonConnection } from '../find-daemon.js';
import { forgetLeases, rememberRenewals } from '../held-leases.js';
import { lastingUntil } from '../print/lasting-until.js';
import { printable } from '../print/printable.js';
import { printAnswer } from '../print-answer.js';

const endedCode = 5;

/** Renews leases. Exits with 5 if one of them has ended; the others are renewed all the same. */
export async function renew(cli: Cli, args: Arguments): Promise<number> {
  const connection = await daemonConnection(cli);
  const { client } = connection;
  const chosen = await chosenLeases(cli, connection, args);
  if (chosen.length === 0)
    throw new OperationError('unknown_lease', { message: 'There is no lease to renew.' });
  const outcomes = await Promise.all(chosen.map((one) => renewOne(client, one, args.number('ttl'))));
  const renewed = outcomes.flatMap(({ lease }) => lease ?? []);
  const ended = outcomes.filter(({ error }) => error !== undefined);
  if (renewed.length > 0) await rememberRenewals(cli, renewed);
  if (ended.length > 0)
    await forgetLeases(cli, new Set(ended.map(({ chosen: { leaseToken } }) => leaseToken)));
  const [only] = ended;
  if (only?.error !== undefined && outcomes.length === 1) throw only.error;
  print(cli, renewed, ended);
  return ended.length === 0 ? 0 : endedCode;
}

interface Outcome {
  readonly chosen: ChosenLease;
  readonly lease?: LeaseView;
  /** Why it could not be renewed: it has ended. */
  readonly error?: OperationError;
}

async function renewOne(client: Client, chosen: ChosenLease, ttlS: number | undefined): Promise<Outcome> {
  const { leaseToken } = chosen;
  try {
    return { chosen, lease: await client.heartbeat({ leaseToken, ...omitUndefined({ ttlS }) }) };
  } catch (error) {
    if (!isLeaseOver(error)) throw error;
    return { chosen, error };
  }
}

function print(cli: Cli, renewed: readonly LeaseView[], ended: readonly Outcome[]): void {
  const document = {
    renewed: renewed.map(withoutToken),
    ended: ended.map(({ chosen: { slot = null, holder = null }, error }) => {
      return { slot, holder, error: error?.code, message: error?.message };
    }),
  };
  const nowMs = cli.clocks.wallMs();
  const lines = renewed.map(({ slot, expiresAt }) => `slot ${slot}: ${lastingUntil(expiresAt ?? 0, nowMs)}`);
  const lost = document.ended.map(({ slot, message }) => printable(`slot ${slot}: ${message}`));
  printAnswer(cli, document, [...lines, ...lost]);
}

function withoutToken(lease: LeaseView): Omit<LeaseView, 'leaseToken'> {
  const { leaseToken: _, ...rest } = lease;
  return rest;
}
