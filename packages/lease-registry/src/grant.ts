import { leaseAt } from './apply.js';
import type { Acquire } from './command.js';
import type { RecordedLease } from './event.js';
import type { Lease, Resource, Waiter } from './state.js';
import { emit, nextFence, type StepContext } from './step-context.js';

type Terms = Pick<RecordedLease, 'ttlMs' | 'attributes'>;
type Grantee = Pick<Waiter, 'leaseId' | 'tokenDigest' | 'scope'>;

/** Grants a free resource to a caller, with a new fence. */
export function grant(context: StepContext, { key }: Resource, to: Grantee, terms: Terms): Lease {
  emit(context, { type: 'lease-granted', lease: newLease(context, key, to, terms) });
  return leaseAt(context.state, key);
}

/** A lease on this resource from now, as it is recorded. */
export function newLease(context: StepContext, key: string, to: Grantee, terms: Terms): RecordedLease {
  const { ttlMs, attributes } = terms;
  const at = context.now.wallMs;
  // prettier-ignore
  return {
    id: to.leaseId, key, tokenDigest: to.tokenDigest, scope: to.scope, attributes, fence: nextFence(context), ttlMs,
    acquiredAt: at, renewedAt: at, expiresAt: at + ttlMs,
  };
}

/** The TTL that a caller gets: the one it asked for, within the limits. */
export function ttlFor(context: StepContext, command: Pick<Acquire, 'ttlMs'>): number {
  return Math.min(command.ttlMs ?? context.state.limits.ttlMs, context.state.limits.ttlMaxMs);
}
