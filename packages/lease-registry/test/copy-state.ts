import type { OwnedState } from '../src/index.js';
import { emptyState } from '../src/index.js';
import { deadlineOf, waiterDeadline } from '../src/state.js';
import { joinQueue } from '../src/wait-queue.js';

/** The same state in containers of its own. What is in them is immutable and shared. */
export function copyState(state: OwnedState): OwnedState {
  const { revision, fence, arrivals, typicalHoldMs, waitersBytes } = state;
  const copy = Object.assign(emptyState(state.limits), {
    revision,
    fence,
    arrivals,
    typicalHoldMs,
    waitersBytes,
  });
  for (const name of ['resources', 'offers', 'waiters', 'holdings', 'assets'] as const) {
    const entries: Map<string, unknown> = copy[name];
    for (const [key, value] of state[name]) entries.set(key, value);
  }
  for (const lease of state.leases.values()) copy.leases.add(lease);
  for (const resource of state.free.values()) copy.free.add(resource);
  copy.ended.restore(...state.ended.generations);
  copy.answers.restore(...state.answers.generations);
  for (const waiter of state.waiters.values()) {
    joinQueue(copy, waiter);
    copy.waiterDeadlines.report(waiter.requestId, waiterDeadline(waiter));
  }
  for (const [key, resource] of state.resources) {
    copy.resourceDeadlines.report(key, deadlineOf(resource, state.leases.get(key)));
  }
  return copy;
}
