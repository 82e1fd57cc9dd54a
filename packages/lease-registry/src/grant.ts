import { leaseAt } from './apply.js';
import { heldClaims } from './claims.js';
import type { Acquire } from './command.js';
import type { RecordedLease } from './event.js';
import type { Lease, Resource, Waiter } from './state.js';
import { emit, nextFence, type StepContext } from './step-context.js';

type Terms = Pick<Lease, 'ttlMs' | 'attributes' | 'claims' | 'preparing'>;
type Grantee = Pick<Waiter, 'leaseId' | 'tokenDigest' | 'scope'>;
type Wish = Pick<Waiter, 'ttlMs' | 'attributes' | 'claims' | 'prepare'>;

/** Grants a free resource and what was claimed with it to a caller, with a new fence. */
export function grant(context: StepContext, { key }: Resource, to: Grantee, wish: Wish): Lease {
  const { ttlMs, attributes, prepare: preparing } = wish;
  const claims = heldClaims(context.state, wish.claims);
  const lease = newLease(context, key, to, { ttlMs, attributes, claims, preparing });
  emit(context, { type: 'lease-granted', lease });
  return leaseAt(context.state, key);
}

/** A lease on this resource from now, as it is recorded. */
export function newLease(context: StepContext, key: string, to: Grantee, terms: Terms): RecordedLease {
  const { leaseId: id, tokenDigest, scope } = to;
  const { ttlMs, attributes, claims, preparing } = terms;
  const fence = nextFence(context);
  const acquiredAt = context.now.wallMs;
  const expiresAt = acquiredAt + (preparing ? context.state.limits.prepareMs : ttlMs);
  // prettier-ignore
  const lease = {
    id, key, tokenDigest, scope, attributes, fence, ttlMs, acquiredAt, renewedAt: acquiredAt, expiresAt,
  };
  if (claims.length === 0 && !preparing) return lease;
  return { ...lease, ...(claims.length > 0 && { claims }), ...(preparing && { preparing }) };
}

/** The TTL that a caller gets: the one it asked for, within the limits. */
export function ttlFor(context: StepContext, command: Pick<Acquire, 'ttlMs'>): number {
  return Math.min(command.ttlMs ?? context.state.limits.ttlMs, context.state.limits.ttlMaxMs);
}
