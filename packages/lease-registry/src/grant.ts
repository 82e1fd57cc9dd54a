import { leaseAt, termOf } from './apply.js';
import { heldClaims } from './claims.js';
import type { Acquire, Cancel } from './command.js';
import { firstInQueue } from './queue.js';
import type { RecordedLease } from './recorded.js';
import { refused, type Reply } from './reply.js';
import type { Lease, Resource, Waiter } from './state.js';
import { emit, nextFence, type StepContext } from './step-context.js';

type Terms = Pick<Lease, 'ttlMs' | 'attributes' | 'claims' | 'preparing'>;
type Grantee = Pick<Waiter, 'leaseId' | 'tokenDigest' | 'scope'>;
type Wish = Pick<Waiter, 'ttlMs' | 'attributes' | 'claims' | 'prepare'>;

/** Grants a resource that became free to the first waiter that it can serve. */
export function serve(context: StepContext, resource: Resource | undefined): void {
  if (resource === undefined) return;
  const waiter = firstInQueue(context.state, resource);
  if (waiter === undefined) return;
  emit(context, { type: 'waiter-left', requestId: waiter.requestId, how: 'granted' });
  const lease = grant(context, resource, waiter, waiter);
  settle(context, waiter, { type: 'granted', lease });
}

/** Grants what is free to all who can have it by now, because what they claim may have become free. */
export function serveFree(context: StepContext): void {
  for (const resource of context.state.free.values()) serve(context, resource);
}

/** Answers a waiter that has just left the queue. */
export function settle(context: StepContext, waiter: Waiter, reply: Reply): void {
  const { requestId, request } = waiter;
  if (request !== undefined) emit(context, { type: 'request-answered', requestId, request, reply });
  context.effects.push({ type: 'settle', requestId, reply });
}

/** Removes a waiter without remembering it: a caller that comes back joins the queue again. */
export function cancel(context: StepContext, { requestId }: Cancel): Reply {
  if (!context.state.waiters.has(requestId)) return { type: 'ignored' };
  emit(context, { type: 'waiter-left', requestId, how: 'cancelled' });
  context.effects.push({ type: 'settle', requestId, reply: refused('wait_cancelled') });
  return { type: 'done' };
}

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
  const expiresAt = acquiredAt + termOf(context.state, terms);
  // oxfmt-ignore
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
