import { recall } from './bounded-memory.js';
import type { Release, Retract, Revoke } from './command.js';
import { heldLease, isRefused } from './held-lease.js';
import { endedLease } from './lease.js';
import { answer, earlierReply } from './memo.js';
import type { Reply } from './reply.js';
import { refused } from './reply.js';
import type { EndedLease, EndReason, Lease } from './state.js';
import type { Turn } from './turn.js';
import { emit, nextFence } from './turn.js';

/** The holder gives its resource back. Late or repeated, it says what became of that lease and touches no other. */
export function release(turn: Turn, command: Release): Reply {
  const earlier = earlierReply(turn.state, command);
  if (earlier !== undefined) return earlier;
  const lease = heldLease(turn.state, command.tokenDigest);
  if (!isRefused(lease))
    return answer(turn, command, { type: 'released', ended: end(turn, lease, 'released') });
  const ended = recall(turn.state.ended, command.tokenDigest);
  const again: Reply = ended?.how === 'released' ? { type: 'released', ended } : lease;
  return answer(turn, command, again);
}

/** An operator frees a resource whose holder will not. */
export function revoke(turn: Turn, { key }: Revoke): Reply {
  if (!turn.state.resources.has(key)) return refused('unknown_resource');
  const lease = turn.state.leases.get(key);
  if (lease === undefined) return refused('resource_not_leased');
  return { type: 'released', ended: end(turn, lease, 'revoked') };
}

/** Undoes a grant that did not reach its caller, who is free to ask again under the same id. */
export function retract(turn: Turn, { tokenDigest, requestId }: Retract): Reply {
  const lease = heldLease(turn.state, tokenDigest);
  if (isRefused(lease)) return { type: 'ignored' };
  if (requestId !== undefined) emit(turn, { type: 'answer-forgotten', requestId });
  return { type: 'released', ended: end(turn, lease, 'retracted') };
}

/** Ends a live lease and has its resource reset, through which alone it comes back to others. */
export function end(turn: Turn, lease: Lease, how: EndReason): EndedLease {
  endLease(turn, lease, how);
  turn.effects.push({ type: 'reset', key: lease.key, fence: turn.state.fence });
  return endedLease(lease, { how, renewedAt: lease.renewedAt, endedAt: turn.now.wallMs });
}

/** Ends a live lease whose resource is past resetting. */
export function endLease(turn: Turn, lease: Lease, how: EndReason): void {
  const { key, fence, renewedAt } = lease;
  const { holder } = lease.scope;
  emit(turn, { type: 'lease-ended', key, fence, holder, how, renewedAt, resetFence: nextFence(turn) });
}
