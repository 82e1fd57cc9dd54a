import type { Acquire } from './command.js';
import type { RecordedLease } from './event.js';
import type { JsonRecord } from './json.js';
import type { Lease, Resource, Waiter } from './state.js';
import type { Turn } from './turn.js';
import { emit, nextFence } from './turn.js';

type Grantee = Pick<Waiter, 'leaseId' | 'tokenDigest' | 'scope'>;

/** Gives a free resource to a caller, under a fence no one has had before. */
export function grant(
  turn: Turn,
  { key }: Resource,
  to: Grantee,
  ttlMs: number,
  attributes: JsonRecord,
): Lease {
  emit(turn, { type: 'lease-granted', lease: newLease(turn, key, to, ttlMs, attributes) });
  return leaseOn(turn, key);
}

/** A lease on this resource from now, as it is written down. */
export function newLease(
  turn: Turn,
  key: string,
  to: Grantee,
  ttlMs: number,
  attributes: JsonRecord,
): RecordedLease {
  const at = turn.now.wallMs;
  return {
    id: to.leaseId,
    key,
    tokenDigest: to.tokenDigest,
    scope: to.scope,
    attributes,
    fence: nextFence(turn),
    ttlMs,
    acquiredAt: at,
    renewedAt: at,
    expiresAt: at + ttlMs,
  };
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
