import { type Claim, noClaims } from './asset.js';
import { claimsFit } from './claims.js';
import { RankedQueue } from './ranked-queue.js';
import { acceptsAny, matches, type ResourceSelector, wantsLabels } from './selector.js';
import type { OwnedState, RegistryState, Resource, Waiter, WaitQueue } from './state.js';
import { isPending } from './waiter.js';

/** A waiter and its place in the queue. */
export interface QueuedWaiter {
  readonly waiter: Waiter;
  /** Position among the requests for the same resources, from 1. */
  readonly position: number;
  /** Estimated wait in milliseconds, based on how long leases are usually held. */
  readonly estimateMs: number;
}

/** All waiters, in order of arrival. */
export function queueOf(state: RegistryState): QueuedWaiter[] {
  const lengths = new Map<string, number>();
  return [...state.waiters.values()].map((waiter) => {
    const name = queueName(waiter);
    const position = (lengths.get(name) ?? 0) + 1;
    lengths.set(name, position);
    return { waiter, position, estimateMs: estimateWait(state, waiter.selector, position) };
  });
}

/** Whether a waiter stands in a queue: its client is there, and whoever must approve it has done so. */
function isInQueue(waiter: Waiter): boolean {
  return !waiter.absent && !isPending(waiter);
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

/** What a request is for. */
interface Wish {
  readonly selector: ResourceSelector;
  readonly claims?: readonly Claim[];
}

/** Whether anything but the key of a resource decides what serves it. */
function isSelective({ selector, claims = noClaims }: Wish): boolean {
  return claims.length > 0 || wantsLabels(selector);
}

/** The name of the queue for a request. Only those for the same share a queue. */
function queueName(wish: Wish): string {
  const { selector, claims = noClaims } = wish;
  if (!isSelective(wish)) return selector.key === undefined ? anyQueue : keyQueue(selector.key);
  const labels = Object.entries(selector.labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([selector.key ?? null, labels, claims.map(({ name, mode }) => [name, mode])]);
}

const anyQueue = '*';

function keyQueue(key: string): string {
  return `=${key}`;
}

/** Estimated wait at this position: the time for as many holds as come before it. */
export function estimateWait(state: RegistryState, selector: ResourceSelector, position: number): number {
  return Math.round(Math.ceil(position / Math.max(1, countMatching(state, selector))) * state.typicalHoldMs);
}

/** The resources that a selector accepts, in the order in which they were added. */
export function matching({ resources }: RegistryState, selector: ResourceSelector): Resource[] {
  const { key } = selector;
  const some = key === undefined ? [...resources.values()] : [resources.get(key) ?? []].flat();
  return some.filter((resource) => matches(selector, resource));
}

/** How many those are. */
export function countMatching(state: RegistryState, selector: ResourceSelector): number {
  return acceptsAny(selector) ? state.resources.size : matching(state, selector).length;
}
