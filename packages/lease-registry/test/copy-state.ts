import type { OwnedState } from '../src/index.js';
import { emptyState } from '../src/index.js';
import { ResourceCell } from '../src/resource.js';
import { WaiterCell } from '../src/waiter.js';
import { joinQueue } from '../src/queue.js';

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
  for (const [name, count] of state.holdings) copy.holdings.set(name, count);
  for (const asset of state.assets.values()) copy.assets.set(asset.name, asset);
  for (const resource of state.resources.values())
    copy.resources.add(resource.key, new ResourceCell(resource));
  for (const lease of state.leases.values()) {
    const cell = copy.resources.cell(lease.key);
    copy.leases.add(cell, lease);
    copy.resources.deadlines.report(cell);
  }
  for (const resource of state.free.values()) copy.free.add(resource);
  copy.ended.restore(...state.ended.generations);
  copy.answers.restore(...state.answers.generations);
  for (const waiter of state.waiters.values()) {
    copy.waiters.add(waiter.requestId, new WaiterCell(waiter));
    joinQueue(copy, waiter);
  }
  return copy;
}
