import type { PublicEvent } from '@escarp/broker';
import type { PoolStatus, SlotView } from '@escarp/transport/client';

/** What the daemon tells of its pool. */
export type PoolFacts = PoolStatus;
/** What the daemon tells of a slot. */
export type SlotFacts = SlotView;

/** A step of the journal's stream: an event, or that what was asked for is kept no more. */
export type EventStep = PublicEvent | { readonly oldestRevision: number };

/** Where a pool is looked at from: its daemon, over HTTP. */
export interface PoolSource {
  /** Rejects when the daemon does not answer. */
  readonly status: () => Promise<PoolFacts>;
  /** Every event from a revision on, then those to come. Ends or rejects when the connection does. */
  readonly events: (from: number, signal: AbortSignal) => AsyncIterable<EventStep>;
}
