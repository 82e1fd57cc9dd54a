import type { Acquire } from './command.js';
import type { Lease, Resource, Waiter } from './state.js';
import type { Turn } from './turn.js';
import { emit, nextFence } from './turn.js';

type Grantee = Pick<Waiter, 'leaseId' | 'tokenDigest' | 'scope' | 'ttlMs' | 'attributes'>;

/** Gives a free resource to a caller, under a fence no one has had before. */
export function grant(turn: Turn, resource: Resource, to: Grantee): Lease {
  emit(turn, { type: 'lease-granted', lease: recordLease(turn, resource.key, to) });
  return leaseOn(turn, resource.key);
}

/** A lease on this resource from now, as it is written down. */
export function recordLease(turn: Turn, key: string, to: Grantee) {
  const { leaseId: id, tokenDigest, scope, ttlMs, attributes } = to;
  const at = turn.now.wallMs;
  const times = { ttlMs, acquiredAt: at, renewedAt: at, expiresAt: at + ttlMs };
  return { id, key, tokenDigest, scope, attributes, fence: nextFence(turn), ...times };
}

export function leaseOn(turn: Turn, key: string): Lease {
  const lease = turn.state.leases.get(key);
  if (lease === undefined) throw new Error(`Invariant broken: no lease on ${key}.`);
  return lease;
}

/** The TTL a caller gets: what it asked for, within the limits. */
export function ttlFor(turn: Turn, command: Pick<Acquire, 'ttlMs'>): number {
  return Math.min(command.ttlMs ?? turn.state.limits.ttlMs, turn.state.limits.ttlMaxMs);
}
