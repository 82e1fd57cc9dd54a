import { end } from './lease-commands.js';
import { answerAsk, handBack, openAsks } from './people.js';
import { queueLengthFor } from './queue.js';
import { fail } from './resource-commands.js';
import { refused } from './reply.js';
import { settle } from './grant.js';
import type { ResourceCell } from './resource.js';
import type { Lease, Waiter } from './state.js';
import { isPending, type WaiterCell } from './waiter.js';
import { emit, type StepContext } from './step-context.js';

/**
 * Applies every deadline that has passed. A renewal at the exact time of a deadline is too late. Waiters expire first, so
 * that nothing is granted to a waiter whose time is over.
 */
export function expireDue(context: StepContext): void {
  const { waiters, resources } = context.state;
  const { monotonicMs: now } = context.now;
  if (waiters.deadlines.mayReach(now)) timeOutWaiters(context, waiters.deadlines.takeDue(now));
  if (resources.deadlines.mayReach(now)) expireOnResources(context, resources.deadlines.takeDue(now));
}

function timeOutWaiters(context: StepContext, due: WaiterCell[]): void {
  due.sort((a, b) => a.value.arrival - b.value.arrival);
  for (const { value } of due) timeOut(context, value);
}

/** Leases and what is open on them in the order of their grants, then resources in the order in which they were added. */
function expireOnResources(context: StepContext, due: ResourceCell[]): void {
  due.sort((a, b) => a.value.fence - b.value.fence);
  for (const cell of due) if (cell.lease !== undefined) expireOnLease(context, cell, cell.lease);
  const overdue = due.filter(({ value }) => value.exitAtMs <= context.now.monotonicMs);
  overdue.sort((a, b) => a.value.order - b.value.order);
  for (const { value } of overdue) fail(context, value.key, 'took too long');
}

function timeOut(context: StepContext, waiter: Waiter): void {
  emit(context, { type: 'waiter-left', requestId: waiter.requestId, how: 'timed_out' });
  const queueLength = queueLengthFor(context.state, waiter);
  const code = isPending(waiter) ? 'approval_timeout' : 'wait_timeout';
  settle(context, waiter, refused(code, { queueLength }));
}

function expireOnLease(context: StepContext, cell: ResourceCell, lease: Lease): void {
  const now = context.now.monotonicMs;
  const { key, offer, control } = lease;
  if (lease.deadlineMs <= now) return end(context, lease, lease.preparing ? 'unprepared' : 'expired', cell);
  if (offer !== undefined && offer.deadlineMs <= now)
    emit(context, { type: 'offer-ended', key, how: 'expired' });
  for (const { id, deadlineMs } of openAsks(lease)) {
    if (deadlineMs <= now) answerAsk(context, lease, id, { outcome: 'timed_out' });
  }
  if (control?.by === 'human' && control.deadlineMs <= now)
    handBack(context, lease, { outcome: 'timed_out' });
}
