import type { Release, Retract, Revoke } from './command.js';
import { answer, cachedReply, heldLease } from './idempotency.js';
import { refused, type Reply } from './reply.js';
import type { EndReason, Lease } from './state.js';
import { emit, nextFence, type StepContext } from './step-context.js';

/** Ends a lease for its holder. A late or repeated release reports how that lease ended and affects no other. */
export function release(context: StepContext, command: Release): Reply {
  const earlier = cachedReply(context.state, command);
  if (earlier !== undefined) return earlier;
  const lease = heldLease(context.state, command.tokenDigest);
  if (!('code' in lease)) return answer(context, command, released(context, lease, 'released'));
  const ended = context.state.ended.get(command.tokenDigest);
  const again: Reply = ended?.how === 'released' ? { type: 'released', ended } : lease;
  return answer(context, command, again);
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
export function end(context: StepContext, lease: Lease, how: EndReason): void {
  endLease(context, lease, how);
  const { key, claims } = lease;
  context.effects.push({ type: 'reset', key, fence: context.state.fence, claims, ended: { lease, how } });
}

/** Ends a live lease whose resource cannot be reset. */
export function endLease(context: StepContext, lease: Lease, how: EndReason): void {
  const { key, fence, renewedAt } = lease;
  const { holder } = lease.scope;
  emit(context, { type: 'lease-ended', key, fence, holder, how, renewedAt, resetFence: nextFence(context) });
}
