import { join } from 'node:path';
import type { Command, RegistryState } from '@escarp/lease-registry';
import { defaultLimits, recover, Registry } from '@escarp/lease-registry';
import type { Clocks } from '../clocks.js';
import { wakeAt } from '../clocks.js';
import { DaemonError } from '../errors.js';
import { openLeaseJournal } from '../journal/lease-journal.js';
import type { Log } from '../log.js';
import { takeKernelLock } from '../state-directory/kernel-lock.js';
import type { StateDirectory } from '../state-directory/state-directory.js';

export interface EndAllLeasesOptions {
  readonly directory: StateDirectory;
  readonly clocks: Clocks;
  readonly log: Log;
}

/**
 * Ends every lease in the journal as revoked and removes every slot from it, for a command that takes the browsers down
 * on purpose: no lease comes back without its browser, and no browser counts as lost. The daemon must not be running.
 *
 * @returns the number of leases that were ended.
 * @throws DaemonError `daemon_already_running`, `journal_corrupt` or `state_directory_unusable`.
 */
export async function endAllLeases(options: EndAllLeasesOptions): Promise<number> {
  const { directory } = options;
  const lock = await takeKernelLock(join(directory.locks, 'daemon.lock'));
  if (lock === undefined) {
    throw new DaemonError(
      'daemon_already_running',
      `A daemon serves ${directory.home}, and only it may end its leases.`,
      'Stop it with escarp daemon stop.',
    );
  }
  try {
    return await endInJournal(options);
  } finally {
    await lock.release();
  }
}

async function endInJournal({ directory, clocks, log }: EndAllLeasesOptions): Promise<number> {
  const now = () => ({ monotonicMs: clocks.monotonicMs(), wallMs: clocks.wallMs() });
  const { journal } = await openLeaseJournal({
    directory,
    clocks,
    log,
    limits: defaultLimits,
    directoryLoss: () => undefined,
  });
  const registry: Registry = new Registry(recover(defaultLimits, journal.snapshot, journal.events, now()), {
    clock: now,
    wake: (at, callback) => wakeAt(clocks, at, callback),
    append: (events) => journal.append(events, () => registry.snapshot()),
    effects: { start: nothing, reset: nothing, dispose: nothing },
  });
  try {
    const ended = registry.state.leases.size;
    await Promise.all(endings(registry.state).map((command) => registry.submit(command)));
    return ended;
  } finally {
    registry.close();
    await journal.close();
  }
}

/** Browsers are left to the command. */
function nothing(): void {}

function endings({ resources, waiters }: RegistryState): Command[] {
  return [
    ...[...waiters.values()].map(({ requestId }): Command => ({ type: 'cancel', requestId })),
    ...[...resources.values()].map(({ key }): Command => ({ type: 'removed', key })),
  ];
}
