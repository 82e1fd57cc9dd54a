import { RankedQueue } from './ranked-queue.js';
import { anyQueue, keyQueue, matches, queueName, type ResourceSelector, wantsLabels } from './selector.js';
import type { OwnedState, Resource, Waiter, WaitQueue } from './state.js';

export function joinQueue(state: OwnedState, waiter: Waiter): void {
  const { selector } = waiter;
  const queue = queueFor(state, selector) ?? { selector, waiters: new RankedQueue(arrivalOf) };
  queue.waiters.add(waiter);
  if (queue.waiters.size === 1) queuesFor(state, selector).set(queueName(selector), queue);
}

export function leaveQueue(state: OwnedState, { selector, arrival }: Waiter): void {
  const queue = queueFor(state, selector);
  if (queue === undefined) throw new Error(`Invariant broken: no queue ${queueName(selector)}.`);
  queue.waiters.delete(arrival);
  if (queue.waiters.size === 0) queuesFor(state, selector).delete(queueName(selector));
}

/** The first waiter among all that this resource can serve. */
export function firstInQueue({ queues, labelQueues }: OwnedState, resource: Resource): Waiter | undefined {
  let first = earlier(earlier(undefined, queues.get(anyQueue)), queues.get(keyQueue(resource.key)));
  if (labelQueues.size === 0) return first;
  for (const queue of labelQueues.values()) {
    if (matches(queue.selector, resource)) first = earlier(first, queue);
  }
  return first;
}

/** The number of waiters with this selector. */
export function queueLengthFor(state: OwnedState, selector: ResourceSelector): number {
  return queueFor(state, selector)?.waiters.size ?? 0;
}

/** A waiter's position in its queue, from 1, also while its client is absent. */
export function positionInQueue(state: OwnedState, { selector, arrival }: Waiter): number {
  return (queueFor(state, selector)?.waiters.countBefore(arrival) ?? 0) + 1;
}

function earlier(first: Waiter | undefined, queue: WaitQueue | undefined): Waiter | undefined {
  const head = queue?.waiters.first;
  if (head === undefined) return first;
  return first === undefined || head.arrival < first.arrival ? head : first;
}

function queueFor(state: OwnedState, selector: ResourceSelector): WaitQueue | undefined {
  return queuesFor(state, selector).get(queueName(selector));
}

function queuesFor({ queues, labelQueues }: OwnedState, selector: ResourceSelector): Map<string, WaitQueue> {
  return wantsLabels(selector) ? labelQueues : queues;
}

function arrivalOf(waiter: Waiter): number {
  return waiter.arrival;
}
