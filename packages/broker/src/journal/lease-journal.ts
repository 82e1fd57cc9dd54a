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
  /** A sentence about what is no longer in its place in the directory. */
  readonly directoryLoss: () => string | undefined;
}

/** A state directory's journal, and whether browsers were ever leased here. */
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
 * To be called before browsers are leased. It leaves a trace that outlives a journal that is lost together with its
 * mark: running browsers are then not as they were launched.
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
