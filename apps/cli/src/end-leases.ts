import type { Client } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { lookAtHome } from './daemon-state.js';
import { clientAt, findHomeDaemonUrl } from './find-daemon.js';

/** Nobody's browser is taken away without saying so. Throws `slot_leased`, and `daemon_unresponsive` where it cannot tell. */
export async function refuseWhileLeased(cli: Cli): Promise<void> {
  const url = await findHomeDaemonUrl(cli);
  if (url === undefined) return;
  const leased = await leasedSlots(await clientAt(cli, url));
  if (leased.length === 0) return;
  const holders = leased.map(({ slot, holder }) => `${slot} (${holder})`).join(', ');
  throw new OperationError('slot_leased', {
    message: `These slots are leased: ${holders}.`,
    hint: 'Release them first, or say --force to take them away.',
  });
}

const revokeMs = 10_000;

/**
 * Ends every lease in the journal before the pool goes, or the next daemon would give them back without a browser. One
 * that does not answer is not waited for: who forces wants it gone.
 */
export async function endLeases(cli: Cli): Promise<void> {
  const state = await lookAtHome(cli);
  if (state.kind === 'absent') return;
  try {
    if (state.kind === 'silent') throw new OperationError('daemon_unresponsive');
    const client = await clientAt(cli, state.url);
    const signal = AbortSignal.timeout(revokeMs);
    const leased = await leasedSlots(client);
    await Promise.all(leased.map(({ slot }) => client.revoke({ slot }, { signal })));
  } catch {
    say(cli, 'The leases could not be ended first; their holders lose their browsers all the same.');
  }
}

async function leasedSlots(client: Client) {
  const { slots } = await client.status();
  return slots.filter(({ holder }) => holder !== null);
}
