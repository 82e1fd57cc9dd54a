import { noClaims } from './asset.js';
import type { RecordedLease } from './event.js';
import type { Instant } from './instant.js';
import type { Lease } from './state.js';

const noAsks: readonly never[] = Object.freeze([]);

// Field by field, because a spread is slow.

/** A recorded lease with its deadline; a person's turn and requests for one end with it at the latest. */
export function liveLease(recorded: RecordedLease, deadlineMs: number): Lease {
  const { id, key, tokenDigest, scope, attributes, fence, ttlMs } = recorded;
  const { acquiredAt, renewedAt, expiresAt, claims = noClaims, preparing = false } = recorded;
  const control = recorded.control?.by === 'human' ? { ...recorded.control, deadlineMs } : recorded.control;
  const asks =
    recorded.asks?.map((ask) => ({ timeoutMs: ask.expiresAt - ask.askedAt, ...ask, deadlineMs })) ?? noAsks;
  // prettier-ignore
  return {
    id, key, tokenDigest, scope, attributes, fence, ttlMs,
    acquiredAt, renewedAt, expiresAt, deadlineMs, graced: false, offer: undefined,
    claims, preparing, control, asks,
  };
}

/** The lease with a full TTL from now, unless its deadline is already later. */
export function renewedLease(lease: Lease, { monotonicMs, wallMs }: Instant): Lease {
  const { id, key, tokenDigest, scope, attributes, fence, ttlMs, acquiredAt, offer } = lease;
  const { claims, preparing, control, asks } = lease;
  const deadlineMs = Math.max(lease.deadlineMs, monotonicMs + lease.ttlMs);
  // prettier-ignore
  return {
    id, key, tokenDigest, scope, attributes, fence, ttlMs,
    acquiredAt, renewedAt: wallMs, expiresAt: wallMs + (deadlineMs - monotonicMs), deadlineMs, graced: false, offer,
    claims, preparing, control, asks,
  };
}
