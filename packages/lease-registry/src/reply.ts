import type { EndedLease, EndReason, Lease } from './lease.js';

/** Why a command was refused. */
export type RefusalCode =
  | 'bad_request'
  | 'unknown_resource'
  | 'unknown_lease'
  | 'unknown_handoff'
  | 'lease_ended'
  | 'pool_exhausted'
  | 'resource_leased'
  | 'resource_not_ready'
  | 'resource_not_leased'
  | 'resource_already_added'
  | 'too_many_waiting'
  | 'quota_exceeded'
  | 'wait_timeout'
  | 'wait_cancelled'
  | 'request_conflict'
  | 'handoff_not_for_you'
  | 'unknown_asset'
  | 'asset_busy'
  | 'asset_in_use'
  | 'too_many_assets'
  | 'version_conflict'
  | 'approval_required'
  | 'approval_denied'
  | 'approval_timeout'
  | 'unknown_approval'
  | 'unknown_ask'
  | 'human_in_control';

/** The answer to a command that is refused. Times are epoch milliseconds. */
export interface Refused {
  readonly type: 'refused';
  readonly code: RefusalCode;
  /** The field or limit that caused the refusal, if there is one. */
  readonly subject?: string;
  /** An estimate of when to try again; not a reservation. */
  readonly retryAfterMs?: number;
  /** How many requests in the queue the same resources could serve. */
  readonly queueLength?: number;
  /** About how long a new request would wait behind those. */
  readonly estimateMs?: number;
  /** How and when a lease ended, if that is the reason. */
  readonly ended?: { readonly how: EndReason; readonly endedAt: number };
  /** What the person who refused has said. */
  readonly note?: string;
}

/** The answer to a command. */
export type Reply =
  | { readonly type: 'granted'; readonly lease: Lease }
  /** A `settle` effect brings the answer later. `position` counts from 1. */
  | { readonly type: 'queued'; readonly position: number; readonly estimateMs: number }
  | { readonly type: 'renewed'; readonly lease: Lease }
  | { readonly type: 'released'; readonly ended: EndedLease }
  | { readonly type: 'offered'; readonly lease: Lease }
  /** A person has, or no longer has, control of the lease. */
  | { readonly type: 'controlled'; readonly lease: Lease }
  /** A person is asked; the answer is kept with the lease under this id. */
  | { readonly type: 'asked'; readonly id: string; readonly key: string; readonly fence: number }
  | { readonly type: 'done' }
  /** The answer to a completion that came too late to matter. */
  | { readonly type: 'ignored' }
  | Refused;

export function refused(code: RefusalCode, more: Omit<Refused, 'type' | 'code'> = {}): Refused {
  return { type: 'refused', code, ...more };
}
