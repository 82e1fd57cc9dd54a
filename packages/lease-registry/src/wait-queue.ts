import { RankedQueue } from './ranked-queue.js';
import { claimsFit } from './claims.js';
import { anyQueue, isSelective, keyQueue, matches, queueName, type Wish } from './selector.js';
import type { OwnedState, Resource, Waiter, WaitQueue } from './state.js';

/** Whether a waiter stands in a queue: its client is there, and whoever must approve it has done so. */
function isInQueue({ absent, approval }: Waiter): boolean {
  return !absent && (approval === undefined || approval.isGiven);
}

/** Puts a waiter in its queue, unless it has to wait for somebody first. */
export function joinQueue(state: OwnedState, waiter: Waiter): void {
  if (!isInQueue(waiter)) return;
  const { selector, claims } = waiter;
  const queue = queueFor(state, waiter) ?? { selector, claims, waiters: new RankedQueue(arrivalOf) };
  queue.waiters.add(waiter);
  if (queue.waiters.size === 1) queuesFor(state, waiter).set(queueName(waiter), queue);
}

/** Takes a waiter out of its queue, if it stands there. */
export function leaveQueue(state: OwnedState, waiter: Waiter): void {
  if (!isInQueue(waiter)) return;
  const queue = queueFor(state, waiter);
  if (queue === undefined) throw new Error(`Invariant broken: no queue ${queueName(waiter)}.`);
  queue.waiters.delete(waiter.arrival);
  if (queue.waiters.size === 0) queuesFor(state, waiter).delete(queueName(waiter));
}

/**
 * The first waiter among all that this resource can serve. Where the claims of a queue's first waiter do not fit, those of
 * the next, which are the same, do not either.
 */
export function firstInQueue(state: OwnedState, resource: Resource): Waiter | undefined {
  const { queues, selectiveQueues } = state;
  let first = earlier(earlier(undefined, queues.get(anyQueue)), queues.get(keyQueue(resource.key)));
  if (selectiveQueues.size === 0) return first;
  for (const queue of selectiveQueues.values()) {
    const { selector, claims, waiters } = queue;
    if (!matches(selector, resource) || earlier(first, queue) === first) continue;
    if (claimsFit(state, claims, waiters.first?.arrival ?? Infinity)) first = waiters.first;
  }
  return first;
}

/** The number of waiters for the same. */
export function queueLengthFor(state: OwnedState, wish: Wish): number {
  return queueFor(state, wish)?.waiters.size ?? 0;
}

/** A waiter's position in its queue, from 1, also while it does not stand there. */
export function positionInQueue(state: OwnedState, wish: Wish & Pick<Waiter, 'arrival'>): number {
  return (queueFor(state, wish)?.waiters.countBefore(wish.arrival) ?? 0) + 1;
}

function earlier(first: Waiter | undefined, queue: WaitQueue | undefined): Waiter | undefined {
  const head = queue?.waiters.first;
  if (head === undefined) return first;
  return first === undefined || head.arrival < first.arrival ? head : first;
}

function queueFor(state: OwnedState, wish: Wish): WaitQueue | undefined {
  return queuesFor(state, wish).get(queueName(wish));
}

function queuesFor({ queues, selectiveQueues }: OwnedState, wish: Wish): Map<string, WaitQueue> {
  return isSelective(wish) ? selectiveQueues : queues;
}

function arrivalOf(waiter: Waiter): number {
  return waiter.arrival;
}
