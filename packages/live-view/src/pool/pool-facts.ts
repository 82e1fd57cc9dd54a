import type { PublicEvent } from '@escarp/broker';
import type { PoolStatus, SlotView } from '@escarp/transport/client';

/** What the daemon tells of a slot. */
export type SlotFacts = SlotView & { readonly control?: ControlFacts | null | undefined };

/** Who has a lease in hand. Times are epoch seconds. */
export interface ControlFacts {
  readonly by: 'agent' | 'human';
  readonly who?: string | null | undefined;
  readonly since?: number | null | undefined;
  readonly reason?: string | null | undefined;
}

/** A lease that waits for permission. Times are epoch seconds. */
export interface ApprovalFacts {
  readonly id: string;
  readonly holder: string;
  readonly logins: readonly string[];
  readonly queuedAt: number;
  readonly expiresAt?: number | null | undefined;
  readonly approved?: boolean | undefined;
}

/** A request for a person's help. Times are epoch seconds. */
export interface AskFacts {
  readonly id: string;
  readonly slot: number;
  readonly holder: string;
  readonly reason: string;
  readonly instructions?: string | null | undefined;
  readonly askedAt: number;
  readonly expiresAt?: number | null | undefined;
}

/** What the daemon tells of its pool. */
export type PoolFacts = Omit<PoolStatus, 'slots'> & {
  readonly slots: readonly SlotFacts[];
  readonly approvals?: readonly ApprovalFacts[] | undefined;
  readonly asks?: readonly AskFacts[] | undefined;
};

/** A step of the journal's stream: an event, or that what was asked for is kept no more. */
export type EventStep = PublicEvent | { readonly oldestRevision: number };

/** Where a pool is looked at from: its daemon, over HTTP. */
export interface PoolSource {
  /** Rejects when the daemon does not answer. */
  readonly status: () => Promise<PoolFacts>;
  /** Every event from a revision on, then those to come. Ends or rejects when the connection does. */
  readonly events: (from: number, signal: AbortSignal) => AsyncIterable<EventStep>;
}
