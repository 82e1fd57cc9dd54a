import type { Snapshot } from '@escarp/lease-registry';
import type { History } from './history.js';
import type { JournalContents } from './read-journal.js';

export interface JournalOptions {
  /** The mark stands beside it, under the same name and `.mark`. */
  readonly folder: string;
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly wallMs: () => number;
  /** Bytes after which a new segment is begun; more where the last snapshot was larger. */
  readonly segmentBytesMax: number;
  /** Whether browsers have been lent here before, for all that the caller knows. */
  readonly hasPast: boolean;
  /** What to begin with in place of a history that was cut or is incomplete; its revision is to be `revision`. */
  readonly restate: (contents: JournalContents, history: History, revision: number) => Snapshot;
}
