import { isPending } from './approval.js';
import { answerAsk, openAsks } from './ask.js';
import { handBack } from './control.js';
import { queueLengthFor } from './wait-queue.js';
import { end } from './release.js';
import { fail } from './resource-commands.js';
import { refused } from './reply.js';
import { settle } from './serve.js';
import { deadlineOf, type Lease, type Waiter, waiterDeadline } from './state.js';
import { emit, type StepContext } from './step-context.js';

/**
 * Applies every deadline that has passed. A renewal at the exact time of a deadline is too late. Waiters expire first, so
 * that nothing is granted to a waiter whose time is over.
 */
export function expireDue(context: StepContext): void {
  const { waiterDeadlines, resourceDeadlines } = context.state;
  const { monotonicMs: now } = context.now;
  if (waiterDeadlines.mayReach(now)) timeOutWaiters(context, waiterDeadlines.takeDue(now));
  if (resourceDeadlines.mayReach(now)) expireOnResources(context, resourceDeadlines.takeDue(now));
}

function timeOutWaiters(context: StepContext, requestIds: readonly string[]): void {
  const { waiters, waiterDeadlines } = context.state;
  for (const waiter of inOrder(waiters, requestIds, (one) => one.arrival)) {
    const deadlineMs = waiterDeadline(waiter);
    if (deadlineMs <= context.now.monotonicMs) timeOut(context, waiter);
    else waiterDeadlines.report(waiter.requestId, deadlineMs);
  }
}

/** Leases and what is open on them in the order of their grants, then resources in the order in which they were added. */
function expireOnResources(context: StepContext, keys: readonly string[]): void {
  const { leases, resources, resourceDeadlines } = context.state;
  for (const lease of inOrder(leases, keys, (one) => one.fence)) expireOnLease(context, lease);
  for (const { key, exitAtMs } of inOrder(resources, keys, (one) => one.order)) {
    if (exitAtMs <= context.now.monotonicMs) fail(context, key, 'took too long');
    resourceDeadlines.report(key, deadlineOf(resources.get(key), leases.get(key)));
  }
}

/** The values of a map under these keys, in the order of the map, which is that of the rank. */
function inOrder<T>(
  map: Pick<ReadonlyMap<string, T>, 'size' | 'get'> & { values(): Iterable<T> },
  keys: readonly string[],
  rankOf: (value: T) => number,
): readonly T[] {
  if (keys.length >= map.size) return [...map.values()];
  return keys.flatMap((key) => map.get(key) ?? []).toSorted((a, b) => rankOf(a) - rankOf(b));
}

function timeOut(context: StepContext, waiter: Waiter): void {
  emit(context, { type: 'waiter-left', requestId: waiter.requestId, how: 'timed_out' });
  const queueLength = queueLengthFor(context.state, waiter);
  const code = isPending(waiter) ? 'approval_timeout' : 'wait_timeout';
  settle(context, waiter, refused(code, { queueLength }));
}

function expireOnLease(context: StepContext, lease: Lease): void {
  const now = context.now.monotonicMs;
  const { key, offer, control } = lease;
  if (lease.deadlineMs <= now) return end(context, lease, lease.preparing ? 'unprepared' : 'expired');
  if (offer !== undefined && offer.deadlineMs <= now)
    emit(context, { type: 'offer-ended', key, how: 'expired' });
  for (const { id, deadlineMs } of openAsks(lease)) {
    if (deadlineMs <= now) answerAsk(context, lease, id, { outcome: 'timed_out' });
  }
  if (control?.by === 'human' && control.deadlineMs <= now)
    handBack(context, lease, { outcome: 'timed_out' });
}
