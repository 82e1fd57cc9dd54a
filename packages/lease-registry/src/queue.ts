import { matches, queueName, type ResourceSelector, wantsLabels } from './selector.js';
import type { RegistryState, Waiter } from './state.js';

/** Where a waiter stands in its queue. */
export interface QueuedWaiter {
  readonly waiter: Waiter;
  /** Among those who want the same, from 1. */
  readonly position: number;
  /** About how long it may take, going by how long leases are usually held; milliseconds. */
  readonly estimateMs: number;
}

/** All waiters, in the order of arrival. */
export function queueOf(state: RegistryState): QueuedWaiter[] {
  const lengths = new Map<string, number>();
  return [...state.waiters.values()].map((waiter) => {
    const name = queueName(waiter.selector);
    const position = (lengths.get(name) ?? 0) + 1;
    lengths.set(name, position);
    return { waiter, position, estimateMs: estimateWait(state, waiter.selector, position) };
  });
}

/** About how long a caller at this position waits: as many holds as it takes until its turn comes. */
export function estimateWait(state: RegistryState, selector: ResourceSelector, position: number): number {
  const servers = selector.key === undefined ? serversFor(state, selector) : 1;
  return Math.round(Math.ceil(position / Math.max(1, servers)) * state.typicalHoldMs);
}

function serversFor(state: RegistryState, selector: ResourceSelector): number {
  if (!wantsLabels(selector)) return state.resources.size;
  return [...state.resources.values()].filter((resource) => matches(selector, resource)).length;
}
