import { termStart } from './apply.js';
import type { Prepared, PrepareFailed, Release, Renew, Retract, Revoke } from './command.js';
import { ttlFor } from './grant.js';
import { heldLease, noLease } from './idempotency.js';
import type { Instant } from './instant.js';
import type { EndReason, Lease } from './lease.js';
import { refused, type Reply } from './reply.js';
import type { ResourceCell } from './resource.js';
import { emit, nextFence, type StepContext } from './step-context.js';

/**
 * Moves a deadline to a full TTL from now, or from the end of a person's turn. Never shortens it and never revives an ended
 * lease. It makes no event, because a recovery gives every live lease a fresh TTL anyway, unless the TTL itself is changed.
 */
export function renew(context: StepContext, command: Renew): Reply {
  const { state, now } = context;
  const holding = state.leases.holding(command.tokenDigest);
  if (holding?.lease === undefined) return noLease(state, command.tokenDigest);
  if (command.ttlMs !== undefined) {
    const { key, fence } = holding.lease;
    const ttlMs = ttlFor(context, command);
    if (ttlMs !== holding.lease.ttlMs) emit(context, { type: 'lease-ttl-set', key, fence, ttlMs });
  }
  holding.lease = renewedLease(holding.lease, now);
  return { type: 'renewed', lease: holding.lease };
}

/**
 * The lease with a full TTL from now, or from the end of a person's turn, unless its deadline is already later. Field by
 * field, because a spread is slow.
 */
function renewedLease(lease: Lease, { monotonicMs, wallMs }: Instant): Lease {
  const { id, key, tokenDigest, scope, attributes, fence, ttlMs, acquiredAt, offer } = lease;
  const { claims, preparing, control, asks } = lease;
  const deadlineMs = Math.max(lease.deadlineMs, termStart(lease, monotonicMs) + ttlMs);
  // oxfmt-ignore
  return {
    id, key, tokenDigest, scope, attributes, fence, ttlMs,
    acquiredAt, renewedAt: wallMs, expiresAt: wallMs + (deadlineMs - monotonicMs), deadlineMs, graced: false, offer,
    claims, preparing, control, asks,
  };
}

/** A lease is ready for its holder, and lasts a full TTL from now. */
export function prepared(context: StepContext, { key, fence }: Prepared): Reply {
  if (context.state.leases.under({ key, fence })?.preparing !== true) return { type: 'ignored' };
  emit(context, { type: 'lease-prepared', key, fence });
  return { type: 'done' };
}

/** A lease could not be made ready: it ends before its holder has it, and the same request may be made again. */
export function prepareFailed(context: StepContext, { key, fence, requestId }: PrepareFailed): Reply {
  const lease = context.state.leases.under({ key, fence });
  if (lease?.preparing !== true) return { type: 'ignored' };
  if (requestId !== undefined) emit(context, { type: 'answer-forgotten', requestId });
  end(context, lease, 'unprepared');
  return { type: 'done' };
}

/** Ends a lease for its holder. A late or repeated release reports how that lease ended and affects no other. */
export function release(context: StepContext, { tokenDigest }: Release): Reply {
  const lease = heldLease(context.state, tokenDigest);
  if (!('code' in lease)) return released(context, lease, 'released');
  const ended = context.state.ended.get(tokenDigest);
  return ended?.how === 'released' ? { type: 'released', ended } : lease;
}

/** Ends a lease for an operator. */
export function revoke(context: StepContext, { key }: Revoke): Reply {
  if (!context.state.resources.has(key)) return refused('unknown_resource');
  const lease = context.state.leases.get(key);
  if (lease === undefined) return refused('resource_not_leased');
  return released(context, lease, 'revoked');
}

/** Undoes a grant that did not reach its caller, who may ask again with the same request id. */
export function retract(context: StepContext, { tokenDigest, requestId }: Retract): Reply {
  const lease = heldLease(context.state, tokenDigest);
  if ('code' in lease) return { type: 'ignored' };
  if (requestId !== undefined) emit(context, { type: 'answer-forgotten', requestId });
  return released(context, lease, 'retracted');
}

function released(context: StepContext, lease: Lease, how: EndReason): Reply {
  end(context, lease, how);
  return { type: 'released', ended: context.state.ended.get(lease.tokenDigest)! };
}

/** Ends a live lease and resets its resource, which is the only way back to free. */
export function end(context: StepContext, lease: Lease, how: EndReason, cell?: ResourceCell): void {
  endLease(context, lease, how, cell);
  const { key, claims } = lease;
  context.effects.push({ type: 'reset', key, fence: context.state.fence, claims, ended: { lease, how } });
}

/** Ends a live lease whose resource cannot be reset. */
export function endLease(context: StepContext, lease: Lease, how: EndReason, cell?: ResourceCell): void {
  const { key, fence, renewedAt } = lease;
  const { holder } = lease.scope;
  const resetFence = nextFence(context);
  emit(context, { type: 'lease-ended', key, fence, holder, how, renewedAt, resetFence }, cell);
}
