import { matches, queueName, type ResourceSelector, wantsLabels } from './selector.js';
import type { RegistryState, Resource, Waiter } from './state.js';

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
  const isAny = selector.key === undefined && !wantsLabels(selector);
  return isAny ? state.resources.size : matching(state, selector).length;
}
