import type { Asset } from './asset.js';
import type { JsonRecord } from './json.js';
import type { AgentControl, AskAnswer, EndReason, HumanControl, KeyAndFence } from './lease.js';
import type { RecordedAsk, RecordedLease, RecordedOffer, RecordedWaiter } from './recorded.js';
import type { Labels } from './selector.js';
import type { Answer } from './state.js';

/** A failure of a resource. `failures` counts those in a row. */
export interface Setback {
  readonly key: string;
  readonly failures: number;
  readonly error: string;
  readonly retryInMs: number;
}

/** A change of state. The state is the fold of these, except for deadlines. Times are epoch milliseconds. */
export type Change =
  | ({
      readonly type: 'resource-added';
      readonly labels: Labels;
      readonly attributes: JsonRecord;
      readonly order: number;
    } & KeyAndFence)
  /** It is being started, or started again after it failed or was lost. */
  | ({ readonly type: 'resource-starting'; readonly failures: number; readonly error?: string } & KeyAndFence)
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
  | ({
      readonly type: 'lease-ended';
      readonly holder: string;
      readonly how: EndReason;
      readonly renewedAt: number;
      readonly resetFence: number;
    } & KeyAndFence)
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
  | ({ readonly type: 'lease-ttl-set'; readonly ttlMs: number } & KeyAndFence)
  /** Its holder has it from now on, for a full TTL. */
  | ({ readonly type: 'lease-prepared' } & KeyAndFence)
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
  | ({ readonly type: 'control-taken'; readonly control: Omit<HumanControl, 'deadlineMs'> } & KeyAndFence)
  | ({ readonly type: 'control-returned'; readonly control: AgentControl } & KeyAndFence)
  | ({ readonly type: 'ask-made'; readonly ask: RecordedAsk; readonly timeoutMs: number } & KeyAndFence)
  | ({ readonly type: 'ask-answered'; readonly id: string; readonly answer: AskAnswer } & KeyAndFence)
  | { readonly type: 'waiter-queued'; readonly waiter: RecordedWaiter }
  | {
      readonly type: 'waiter-left';
      readonly requestId: string;
      readonly how: 'granted' | 'timed_out' | 'cancelled' | 'refused';
    }
  | ({ readonly type: 'request-answered'; readonly requestId: string } & Answer)
  | { readonly type: 'answer-forgotten'; readonly requestId: string }
  /** The machine slept or the loop stalled. */
  | { readonly type: 'clock-gap'; readonly lateMs: number };

/** A change as it is written to the journal. Revisions have no gaps. Times are epoch milliseconds. */
export interface RegistryEvent {
  readonly revision: number;
  readonly at: number;
  readonly change: Change;
}
