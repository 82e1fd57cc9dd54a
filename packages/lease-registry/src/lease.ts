import type { RecordedLease } from './event.js';
import type { Instant } from './instant.js';
import type { Lease } from './state.js';

// Field by field, because a spread is slow.

/** A recorded lease with its deadline. */
export function liveLease(recorded: RecordedLease, deadlineMs: number): Lease {
  const { id, key, tokenDigest, scope, attributes, fence, ttlMs } = recorded;
  const { acquiredAt, renewedAt, expiresAt } = recorded;
  // prettier-ignore
  return {
    id, key, tokenDigest, scope, attributes, fence, ttlMs,
    acquiredAt, renewedAt, expiresAt, deadlineMs, graced: false, offer: undefined,
  };
}

/** The lease with a full TTL from now, unless its deadline is already later. */
export function renewedLease(lease: Lease, { monotonicMs, wallMs }: Instant): Lease {
  const { id, key, tokenDigest, scope, attributes, fence, ttlMs, acquiredAt, offer } = lease;
  const deadlineMs = Math.max(lease.deadlineMs, monotonicMs + lease.ttlMs);
  // prettier-ignore
  return {
    id, key, tokenDigest, scope, attributes, fence, ttlMs,
    acquiredAt, renewedAt: wallMs, expiresAt: wallMs + (deadlineMs - monotonicMs), deadlineMs, graced: false, offer,
  };
}
