import { createLog, DaemonError, endAllLeases, openStateDirectory } from '@escarp/broker';
import type { Client } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { clientAt, findHomeDaemonUrl } from './find-daemon.js';
import { counted } from './print/quantities.js';

/**
 * Nobody's browser is taken away without being asked for explicitly. Throws `slot_leased`, and `daemon_unresponsive` if
 * it cannot tell.
 */
export async function refuseWhileLeased(cli: Cli): Promise<void> {
  const url = await findHomeDaemonUrl(cli);
  if (url === undefined) return;
  const leased = await leasedSlots(await clientAt(cli, url));
  if (leased.length === 0) return;
  const holders = leased.map(({ slot, holder }) => `${slot} (${holder})`).join(', ');
  throw new OperationError('slot_leased', {
    message: `These slots are leased: ${holders}.`,
    hint: 'Release them first, or pass --force to take them away.',
  });
}

/**
 * Ends every lease in the journal, for a command that takes the browsers down: none may come back without its browser.
 * The daemon must not be running. If the leases cannot be ended, the browsers still can, and the problem is reported.
 */
export async function endLeases({ settings, clocks, uid }: Cli): Promise<string[]> {
  const log = createLog('error', clocks.wallMs, () => {});
  try {
    const directory = await openStateDirectory(settings.home, uid);
    const ended = await endAllLeases({ directory, clocks, log });
    return ended === 0 ? [] : [`Ended ${counted(ended, 'lease')}.`];
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    return [`The leases could not be ended: ${error.message}`, error.hint];
  }
}

async function leasedSlots(client: Client) {
  const { slots } = await client.status();
  return slots.filter(({ holder }) => holder !== null);
}
