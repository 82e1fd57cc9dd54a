import type { Snapshot } from '@escarp/lease-registry';
import type { History } from './history.js';
import type { JournalContents } from './read-journal.js';

export interface JournalOptions {
  /** The mark is next to it, with the same name and the extension `.mark`. */
  readonly folder: string;
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly wallMs: () => number;
  /** A new segment begins after this many bytes, or after more if the last snapshot was larger. */
  readonly segmentBytesMax: number;
  /** Whether, as far as the caller knows, browsers were leased here before. */
  readonly hasPast: boolean;
  /** The state to start with in place of a history that was cut or is incomplete; its revision must be `revision`. */
  readonly restate: (contents: JournalContents, history: History, revision: number) => Snapshot;
}
