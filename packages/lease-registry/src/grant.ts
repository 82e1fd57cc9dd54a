import { leaseAt } from './apply.js';
import { noClaims } from './asset.js';
import { heldClaims } from './claims.js';
import type { Acquire } from './command.js';
import type { RecordedLease } from './event.js';
import type { Lease, Resource, Waiter } from './state.js';
import { emit, nextFence, type StepContext } from './step-context.js';

type Terms = Pick<RecordedLease, 'ttlMs' | 'attributes' | 'claims' | 'preparing'>;
type Grantee = Pick<Waiter, 'leaseId' | 'tokenDigest' | 'scope'>;
type Wish = Pick<Waiter, 'ttlMs' | 'attributes'> & Pick<Acquire, 'claims' | 'prepare'>;

/** Grants a free resource and what was claimed with it to a caller, with a new fence. */
export function grant(context: StepContext, { key }: Resource, to: Grantee, wish: Wish): Lease {
  const { ttlMs, attributes, claims = noClaims, prepare } = wish;
  const held = claims.length === 0 ? {} : { claims: heldClaims(context.state, claims) };
  const terms = { ttlMs, attributes, ...held, ...(prepare === true && { preparing: true }) };
  emit(context, { type: 'lease-granted', lease: newLease(context, key, to, terms) });
  return leaseAt(context.state, key);
}

/** A lease on this resource from now, as it is recorded. */
export function newLease(context: StepContext, key: string, to: Grantee, terms: Terms): RecordedLease {
  const { ttlMs, attributes, ...more } = terms;
  const at = context.now.wallMs;
  const expiresAt = at + (terms.preparing === true ? context.state.limits.prepareMs : ttlMs);
  // prettier-ignore
  return {
    id: to.leaseId, key, tokenDigest: to.tokenDigest, scope: to.scope, attributes, fence: nextFence(context), ttlMs,
    acquiredAt: at, renewedAt: at, expiresAt, ...more,
  };
}

/** The TTL that a caller gets: the one it asked for, within the limits. */
export function ttlFor(context: StepContext, command: Pick<Acquire, 'ttlMs'>): number {
  return Math.min(command.ttlMs ?? context.state.limits.ttlMs, context.state.limits.ttlMaxMs);
}
