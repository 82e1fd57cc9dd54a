import { lengthOfLine } from './line.js';
import { end } from './release.js';
import { fail } from './resource-commands.js';
import { refused } from './reply.js';
import { settle } from './serve.js';
import type { Lease, Resource, Waiter } from './state.js';
import type { Turn } from './turn.js';
import { emit } from './turn.js';

/**
 * Lets every deadline that has passed take effect. A deadline is due at its very instant: a renewal at that
 * instant comes too late. Waiters go first, so that nothing is granted to one whose time is over.
 */
export function expireDue(turn: Turn): void {
  const { state } = turn;
  const now = turn.now.monotonicMs;
  while (state.waiters.min <= now) timeOut(turn, state.waiters.least() as Waiter);
  while (state.leases.min <= now) expireLeaseOrOffer(turn, state.leases.least() as Lease);
  while (state.resources.min <= now) fail(turn, (state.resources.least() as Resource).key, 'took too long');
}

function timeOut(turn: Turn, waiter: Waiter): void {
  emit(turn, { type: 'waiter-left', requestId: waiter.requestId, how: 'timed_out' });
  settle(turn, waiter, refused('wait_timeout', { queueLength: lengthOfLine(turn.state, waiter.selector) }));
}

function expireLeaseOrOffer(turn: Turn, lease: Lease): void {
  if (lease.deadlineMs <= turn.now.monotonicMs) end(turn, lease, 'expired');
  else emit(turn, { type: 'offer-ended', key: lease.key, how: 'expired' });
}
