import type { EndedLease, EndReason, Lease } from './state.js';

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
  | 'handoff_not_for_you';

/** What a caller is told who does not get what it asked for. Durations are in milliseconds. */
export interface Refused {
  readonly type: 'refused';
  readonly code: RefusalCode;
  /** The field or the limit that is meant, where there is one. */
  readonly subject?: string;
  /** An estimate of when asking again makes sense; not a reservation. */
  readonly retryAfterMs?: number;
  /** Callers in the queue who could be served by the same resources. */
  readonly queueLength?: number;
  /** About how long waiting would take from now, behind those; milliseconds. */
  readonly estimateMs?: number;
  /** Of a lease that has ended: how and when (wall clock). */
  readonly ended?: { readonly how: EndReason; readonly endedAt: number };
}

/** The answer to a command. */
export type Reply =
  | { readonly type: 'granted'; readonly lease: Lease }
  /** The answer follows by a `settle` effect. `position` counts from 1; the estimate is in milliseconds. */
  | { readonly type: 'queued'; readonly position: number; readonly estimateMs: number }
  | { readonly type: 'renewed'; readonly lease: Lease }
  | { readonly type: 'released'; readonly ended: EndedLease }
  | { readonly type: 'offered'; readonly lease: Lease }
  | { readonly type: 'done' }
  /** A completion that came too late to matter. */
  | { readonly type: 'ignored' }
  | Refused;

export function refused(code: RefusalCode, more: Omit<Refused, 'type' | 'code'> = {}): Refused {
  return { type: 'refused', code, ...more };
}
