import { lengthOfLine } from './line.js';
import { end } from './release.js';
import { fail } from './resource-commands.js';
import { refused } from './reply.js';
import { settle } from './serve.js';
import type { Lease, Waiter } from './state.js';
import type { Turn } from './turn.js';
import { emit } from './turn.js';

/**
 * Lets every deadline that has passed take effect. A deadline is due at its very instant: a renewal at that
 * instant comes too late. Waiters go first, so that nothing is granted to one whose time is over.
 */
export function expireDue(turn: Turn): void {
  const { state } = turn;
  const now = turn.now.monotonicMs;
  if (state.waiters.mayReach(now)) for (const waiter of state.waiters.upTo(now)) timeOut(turn, waiter);
  if (state.leases.mayReach(now)) for (const lease of state.leases.upTo(now)) expireLeaseOrOffer(turn, lease);
  if (!state.resources.mayReach(now)) return;
  for (const resource of state.resources.upTo(now)) fail(turn, resource.key, 'took too long');
}

function timeOut(turn: Turn, waiter: Waiter): void {
  emit(turn, { type: 'waiter-left', requestId: waiter.requestId, how: 'timed_out' });
  settle(turn, waiter, refused('wait_timeout', { queueLength: lengthOfLine(turn.state, waiter.selector) }));
}

function expireLeaseOrOffer(turn: Turn, lease: Lease): void {
  if (lease.deadlineMs <= turn.now.monotonicMs) end(turn, lease, 'expired');
  else emit(turn, { type: 'offer-ended', key: lease.key, how: 'expired' });
}
