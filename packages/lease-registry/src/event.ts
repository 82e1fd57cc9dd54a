import type { RequestContent } from './command.js';
import type { JsonRecord } from './json.js';
import type { Reply } from './reply.js';
import type { EndReason, Lease, Offer, Waiter } from './state.js';
import type { Labels } from './selector.js';

type Clocks = 'deadlineMs' | 'graced' | 'offer';

/** What is written of a lease: everything but its monotonic deadline, which means nothing after a restart. */
export type RecordedLease = Omit<Lease, Clocks>;
export type RecordedOffer = Omit<Offer, 'deadlineMs'> & { readonly ttlMs: number };
export type RecordedWaiter = Omit<Waiter, 'deadlineMs' | 'absent' | 'bytes'>;

export interface Setback {
  readonly key: string;
  readonly failures: number;
  readonly error: string;
  readonly retryInMs: number;
}

/** A change of state. The state is the fold of these, deadlines apart. */
export type Change =
  | {
      readonly type: 'resource-added';
      readonly key: string;
      readonly labels: Labels;
      readonly attributes: JsonRecord;
      readonly order: number;
      readonly fence: number;
    }
  /** It is being brought up again after it failed or was lost. */
  | {
      readonly type: 'resource-starting';
      readonly key: string;
      readonly fence: number;
      readonly failures: number;
      readonly error?: string;
    }
  /** It is free, clean and offered. The note is whatever its keeper had to say of the reset. */
  | { readonly type: 'resource-free'; readonly key: string; readonly note?: string }
  /** It died under its holder, who keeps the lease while it is brought back. */
  | ({ readonly type: 'resource-lost' } & Setback)
  /** It is back under its holder. */
  | { readonly type: 'resource-restarted'; readonly key: string }
  | ({ readonly type: 'resource-quarantined' } & Setback)
  | { readonly type: 'resource-draining'; readonly key: string }
  | { readonly type: 'resource-removed'; readonly key: string }
  | { readonly type: 'lease-granted'; readonly lease: RecordedLease }
  /** The resource goes into reset under `resetFence`. */
  | {
      readonly type: 'lease-ended';
      readonly key: string;
      readonly fence: number;
      readonly holder: string;
      readonly how: EndReason;
      readonly renewedAt: number;
      readonly resetFence: number;
    }
  | {
      readonly type: 'lease-handed-over';
      readonly from: number;
      readonly renewedAt: number;
      readonly lease: RecordedLease;
    }
  | { readonly type: 'offer-made'; readonly key: string; readonly offer: RecordedOffer }
  | { readonly type: 'offer-ended'; readonly key: string; readonly how: 'expired' | 'replaced' }
  | { readonly type: 'waiter-queued'; readonly waiter: RecordedWaiter }
  | {
      readonly type: 'waiter-left';
      readonly requestId: string;
      readonly how: 'granted' | 'timed_out' | 'cancelled' | 'refused';
    }
  | {
      readonly type: 'request-answered';
      readonly requestId: string;
      readonly request: RequestContent;
      readonly reply: Reply;
    }
  | { readonly type: 'answer-forgotten'; readonly requestId: string }
  /** The machine slept or the loop stalled. */
  | { readonly type: 'clock-gap'; readonly lateMs: number };

/** A change as it stands in the journal. Revisions have no gaps; `at` is the wall clock, epoch milliseconds. */
export interface RegistryEvent {
  readonly revision: number;
  readonly at: number;
  readonly change: Change;
}
