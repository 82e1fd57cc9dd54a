import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Limits } from '@escarp/lease-registry';
import { recover, snapshotOf } from '@escarp/lease-registry';
import { makeFileOnce } from '@escarp/owned-files';
import type { Clocks } from '../clocks.js';
import type { Log } from '../log.js';
import type { StateDirectory } from '../state-directory/state-directory.js';
import { restated } from './restated.js';
import type { WatchedJournal } from './watched-journal.js';
import { openWatchedJournal } from './watched-journal.js';

export interface LeaseJournalOptions {
  readonly directory: StateDirectory;
  readonly clocks: Clocks;
  readonly limits: Limits;
  readonly log: Log;
  /** A sentence on what of the directory is no longer in its place. */
  readonly directoryLoss: () => string | undefined;
}

/** A state directory's journal, and whether nobody has lent browsers here before. */
export interface LeaseJournal {
  readonly journal: WatchedJournal;
  readonly isFirst: boolean;
}

const segmentBytesMax = 1_000_000;

/** Throws `journal_corrupt` or `state_directory_unusable`. */
export async function openLeaseJournal(options: LeaseJournalOptions): Promise<LeaseJournal> {
  const { directory, clocks, limits, log, directoryLoss } = options;
  const hasPast = await wasBrokered(directory);
  const now = { monotonicMs: clocks.monotonicMs(), wallMs: clocks.wallMs() };
  const journal = await openWatchedJournal(
    {
      folder: directory.journal,
      newId: clocks.newId,
      wallMs: clocks.wallMs,
      segmentBytesMax,
      hasPast,
      restate: (found, history, revision) => {
        const state = recover(limits, found.snapshot, found.events, now);
        return restated(snapshotOf(state), history, revision, now.wallMs);
      },
    },
    log,
    directoryLoss,
  );
  return { journal, isFirst: !hasPast && journal.revision === 0 };
}

/**
 * To be called when browsers are about to be lent. A journal that is gone, with its mark, leaves this behind: browsers
 * that run then are not as they were launched.
 */
export async function markBrokered(directory: StateDirectory): Promise<void> {
  await makeFileOnce(marker(directory), '');
}

function wasBrokered(directory: StateDirectory): Promise<boolean> {
  return lstat(marker(directory)).then(
    () => true,
    () => false,
  );
}

function marker({ home }: StateDirectory): string {
  return join(home, 'run', 'brokered');
}
