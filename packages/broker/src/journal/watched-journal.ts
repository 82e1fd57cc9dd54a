import { messageOf } from '@escarp/contract';
import type { JournalOptions } from './journal-options.js';
import type { Journal } from './journal.js';
import { openJournal } from './journal.js';
import type { Log } from '../log.js';

/**
 * A journal that logs once when it can no longer be written, and once when it can be written again. What was written to
 * a directory that is no longer in its place is not durable: the next daemon would not find it.
 */
export interface WatchedJournal extends Journal {
  /** Why the last write failed, in a few words; undefined while writing works. */
  trouble(): string | undefined;
  /** A sentence about what is no longer in its place in the state directory; asks the system each time. */
  loss(): string | undefined;
}

export async function openWatchedJournal(
  options: JournalOptions,
  log: Log,
  directoryLoss: () => string | undefined,
): Promise<WatchedJournal> {
  const journal = await openJournal(options);
  const loss = (): string | undefined =>
    directoryLoss() ??
    (journal.isInPlace() ? undefined : `A file of ${options.folder} was moved or deleted.`);
  if (journal.history !== 'complete') {
    const { history, revision } = journal;
    log.warn('The journal was truncated or replaced; every slot is reset before it is offered.', {
      history,
      revision,
    });
  }
  let trouble: string | undefined;
  return {
    ...journal,
    loss,
    trouble: () => trouble,
    append: async (events, snapshot) => {
      try {
        refuseLost(loss);
        await journal.append(events, snapshot);
        refuseLost(loss);
      } catch (error) {
        const reason = codeOrMessageOf(error);
        if (trouble !== reason) log.error('The journal cannot be written.', { reason });
        trouble = reason;
        throw error;
      }
      if (trouble !== undefined) log.info('The journal can be written again.');
      trouble = undefined;
    },
  };
}

function refuseLost(loss: () => string | undefined): void {
  const sentence = loss();
  if (sentence !== undefined) throw new Error(sentence);
}

/** In a few words, because it is compared and put into every status. */
function codeOrMessageOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return messageOf(error);
}
