import { noClaims } from './asset.js';
import type { Change } from './event.js';
import type { Instant } from './instant.js';
import { type Resource, ResourceCell } from './resource.js';
import type { OwnedState } from './state.js';

type ResourceChange = Extract<Change, { type: `resource-${string}` }>;
type ResourceAdded = Extract<Change, { type: 'resource-added' }>;

/** Applies a change of one resource to a state. */
export function applyToResource(state: OwnedState, change: ResourceChange, now: Instant): void {
  const { wallMs, monotonicMs: nowMs } = now;
  if (change.type === 'resource-added') return addResource(state, change, nowMs);
  const cell = state.resources.cell(change.key);
  switch (change.type) {
    case 'resource-starting': {
      const { fence, failures, error: lastError } = change;
      state.fence = fence;
      const begun = { state: 'starting', fence, exitAtMs: nowMs + state.limits.startMs } as const;
      return changeResource(state, cell, { ...begun, failures, lastError, claims: noClaims });
    }
    case 'resource-free': {
      // A successful reset proves that the resource works. A start alone does not: it may fail again a moment later.
      const failures = cell.value.state === 'resetting' ? 0 : cell.value.failures;
      const clean = { exitAtMs: Infinity, upSinceMs: nowMs, claims: noClaims };
      return changeResource(state, cell, { state: 'free', failures, ...clean });
    }
    case 'resource-lost': {
      const { failures, error: lastError, retryInMs } = change;
      const exitAtMs = nowMs + retryInMs;
      return changeResource(state, cell, { recovering: true, failures, lastError, exitAtMs });
    }
    case 'resource-restarted': {
      const back = { exitAtMs: Infinity, upSinceMs: nowMs, restartedAt: wallMs };
      return changeResource(state, cell, { recovering: false, ...back });
    }
    case 'resource-quarantined': {
      const { failures, error: lastError, retryInMs } = change;
      const paused = { state: 'quarantined', exitAtMs: nowMs + retryInMs, claims: noClaims } as const;
      return changeResource(state, cell, { ...paused, failures, lastError });
    }
    case 'resource-draining':
      return changeResource(state, cell, { draining: true });
    case 'resource-removed':
      return removeResource(state, cell.value);
    default:
      change satisfies never;
  }
}

/**
 * Replaces parts of a resource and updates the index of free ones. What is undefined stays as it was. Field by field, because
 * a spread is slow.
 */
export function changeResource(state: OwnedState, cell: ResourceCell, change: Partial<Resource>): void {
  const { value: before } = cell;
  const { key, labels, attributes, order } = before;
  const { draining = before.draining, fence = before.fence, failures = before.failures } = change;
  const { lastError = before.lastError, restartedAt = before.restartedAt } = change;
  const { recovering = before.recovering, exitAtMs = before.exitAtMs, upSinceMs = before.upSinceMs } = change;
  const { claims = before.claims } = change;
  // oxfmt-ignore
  const after: Resource = {
    key, labels, attributes, state: change.state ?? before.state, fence, order,
    draining, failures, lastError, recovering, restartedAt, exitAtMs, upSinceMs, claims,
  };
  state.resources.replace(cell, after);
  if (before.state === 'free') state.free.delete(after.order);
  if (after.state === 'free') state.free.add(after);
}

function removeResource(state: OwnedState, { key, state: was, order }: Resource): void {
  state.resources.delete(key);
  if (was === 'free') state.free.delete(order);
}

function addResource(state: OwnedState, change: ResourceAdded, nowMs: number): void {
  const { key, labels, attributes, order, fence } = change;
  state.arrivals = order;
  state.fence = fence;
  const times = { restartedAt: undefined, exitAtMs: nowMs + state.limits.startMs, upSinceMs: nowMs };
  const fresh = { draining: false, failures: 0, lastError: undefined, recovering: false, claims: noClaims };
  const resource: Resource = { key, labels, attributes, state: 'starting', fence, order, ...fresh, ...times };
  state.resources.add(key, new ResourceCell(resource));
}
