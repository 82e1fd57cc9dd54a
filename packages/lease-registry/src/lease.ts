import type { RecordedLease } from './event.js';
import type { Instant } from './instant.js';
import type { Lease } from './state.js';

// Leases are copied field by field: they are what a registry mostly copies, and a spread is several times slower.

/** A lease with its clock running. */
export function liveLease(recorded: RecordedLease, deadlineMs: number): Lease {
  return {
    id: recorded.id,
    key: recorded.key,
    tokenDigest: recorded.tokenDigest,
    scope: recorded.scope,
    attributes: recorded.attributes,
    fence: recorded.fence,
    ttlMs: recorded.ttlMs,
    acquiredAt: recorded.acquiredAt,
    renewedAt: recorded.renewedAt,
    expiresAt: recorded.expiresAt,
    deadlineMs,
    graced: false,
    offer: undefined,
  };
}

/** The lease with its full TTL from now, never less than it had. */
export function renewedLease(lease: Lease, { monotonicMs, wallMs }: Instant): Lease {
  const deadlineMs = Math.max(lease.deadlineMs, monotonicMs + lease.ttlMs);
  return {
    id: lease.id,
    key: lease.key,
    tokenDigest: lease.tokenDigest,
    scope: lease.scope,
    attributes: lease.attributes,
    fence: lease.fence,
    ttlMs: lease.ttlMs,
    acquiredAt: lease.acquiredAt,
    renewedAt: wallMs,
    expiresAt: wallMs + (deadlineMs - monotonicMs),
    deadlineMs,
    graced: false,
    offer: lease.offer,
  };
}
