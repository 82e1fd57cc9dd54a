import { createLog, DaemonError, endAllLeases, openStateDirectory } from '@escarp/broker';
import type { Cli } from './cli.js';
import { counted } from './print/quantities.js';

/**
 * Ends every lease in the journal, for a command that takes the browsers down: none must come back without its browser.
 * The daemon must be gone. What keeps the leases from being ended keeps no browser from being ended, and is told.
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
