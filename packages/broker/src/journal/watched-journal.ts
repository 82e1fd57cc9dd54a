import type { Journal, JournalOptions } from './journal.js';
import { openJournal } from './journal.js';
import type { Log } from '../log.js';

/** A journal that says in the log, once each way, that it cannot be written and that it can be again. */
export interface WatchedJournal extends Journal {
  /** Why the last write failed, in a few words; undefined while writing works. */
  trouble(): string | undefined;
}

export async function openWatchedJournal(options: JournalOptions, log: Log): Promise<WatchedJournal> {
  const journal = await openJournal(options);
  if (journal.history !== 'complete') {
    const { history, revision } = journal;
    log.warn('The journal was cut or replaced; every slot is renewed before it is offered.', {
      history,
      revision,
    });
  }
  let trouble: string | undefined;
  return {
    ...journal,
    trouble: () => trouble,
    append: async (events) => {
      try {
        await journal.append(events);
      } catch (error) {
        const reason = reasonOf(error);
        if (trouble !== reason) log.error('The journal cannot be written.', { reason });
        trouble = reason;
        throw error;
      }
      if (trouble !== undefined) log.info('The journal can be written again.');
      trouble = undefined;
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
