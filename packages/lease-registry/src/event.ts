import type { RequestContent } from './command.js';
import type { JsonRecord } from './json.js';
import type { Reply } from './reply.js';
import type { Asset, Claim, HeldClaim } from './asset.js';
import type { AgentControl, Ask, AskAnswer, HumanControl } from './lease-record.js';
import type { Approval, EndReason, Lease, Offer, Waiter } from './state.js';
import type { Labels } from './selector.js';

type Clocks = 'deadlineMs' | 'graced' | 'offer';

/** Who has control, without the monotonic deadline of a person's turn. */
export type RecordedControl = AgentControl | Omit<HumanControl, 'deadlineMs'>;
/** A request for a person without its monotonic deadline. Earlier versions left out how long it is open. */
export type RecordedAsk = Omit<Ask, 'deadlineMs' | 'timeoutMs'> & Partial<Pick<Ask, 'timeoutMs'>>;
/**
 * A lease as it is written: without its monotonic deadlines, which mean nothing after a restart. What most leases do not
 * have is absent.
 */
export type RecordedLease = Omit<Lease, Clocks | 'claims' | 'preparing' | 'control' | 'asks'> & {
  readonly claims?: readonly HeldClaim[];
  readonly preparing?: boolean;
  readonly control?: RecordedControl;
  readonly asks?: readonly RecordedAsk[];
};
/** An offer without its monotonic deadline. */
export type RecordedOffer = Omit<Offer, 'deadlineMs'>;
/** A waiter without its monotonic deadlines; what most do not have is absent. */
export type RecordedWaiter = Omit<
  Waiter,
  'deadlineMs' | 'absent' | 'bytes' | 'claims' | 'prepare' | 'approval'
> & {
  readonly claims?: readonly Claim[];
  readonly prepare?: boolean;
  readonly approval?: Omit<Approval, 'deadlineMs'>;
};

/** A failure of a resource. `failures` counts those in a row. */
export interface Setback {
  readonly key: string;
  readonly failures: number;
  readonly error: string;
  readonly retryInMs: number;
}

/** A change of state. The state is the fold of these, except for deadlines. Times are epoch milliseconds. */
export type Change =
  | {
      readonly type: 'resource-added';
      readonly key: string;
      readonly labels: Labels;
      readonly attributes: JsonRecord;
      readonly order: number;
      readonly fence: number;
    }
  /** It is being started, or started again after it failed or was lost. */
  | {
      readonly type: 'resource-starting';
      readonly key: string;
      readonly fence: number;
      readonly failures: number;
      readonly error?: string;
    }
  /** It is free and clean, and can be granted. The note is a remark on the reset. */
  | { readonly type: 'resource-free'; readonly key: string; readonly note?: string }
  /** It failed while leased; its holder keeps the lease while it is restarted. */
  | ({ readonly type: 'resource-lost' } & Setback)
  /** It is back, and its holder still has it. */
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
      /** The fence of the first holder's lease. */
      readonly from: number;
      readonly renewedAt: number;
      readonly lease: RecordedLease;
    }
  | { readonly type: 'offer-made'; readonly key: string; readonly offer: RecordedOffer }
  | { readonly type: 'offer-ended'; readonly key: string; readonly how: 'expired' | 'replaced' }
  /** Its holder renews it with another TTL, in milliseconds. */
  | {
      readonly type: 'lease-ttl-set';
      readonly key: string;
      readonly fence: number;
      readonly ttlMs: number;
    }
  /** Its holder has it from now on, for a full TTL. */
  | { readonly type: 'lease-prepared'; readonly key: string; readonly fence: number }
  | { readonly type: 'asset-set'; readonly asset: Asset }
  | { readonly type: 'asset-removed'; readonly name: string }
  | {
      readonly type: 'approval-decided';
      readonly id: string;
      readonly requestId: string;
      readonly isApproved: boolean;
      readonly by?: string;
      readonly note?: string;
    }
  | {
      readonly type: 'control-taken';
      readonly key: string;
      readonly fence: number;
      readonly control: Omit<HumanControl, 'deadlineMs'>;
    }
  | {
      readonly type: 'control-returned';
      readonly key: string;
      readonly fence: number;
      readonly control: AgentControl;
    }
  | {
      readonly type: 'ask-made';
      readonly key: string;
      readonly fence: number;
      readonly ask: RecordedAsk;
      readonly timeoutMs: number;
    }
  | {
      readonly type: 'ask-answered';
      readonly key: string;
      readonly fence: number;
      readonly id: string;
      readonly answer: AskAnswer;
    }
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

/** A change as it is written to the journal. Revisions have no gaps. Times are epoch milliseconds. */
export interface RegistryEvent {
  readonly revision: number;
  readonly at: number;
  readonly change: Change;
}
