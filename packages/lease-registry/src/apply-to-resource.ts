import { noClaims } from './asset.js';
import type { Change } from './event.js';
import type { OwnedState, Resource } from './state.js';

type ResourceChange = Extract<Change, { type: `resource-${string}` }>;
type ResourceAdded = Extract<Change, { type: 'resource-added' }>;

/** Applies a change of one resource to a state. */
export function applyToResource(state: OwnedState, change: ResourceChange, at: number, nowMs: number): void {
  switch (change.type) {
    case 'resource-added':
      return addResource(state, change, nowMs);
    case 'resource-starting': {
      const { key, fence } = change;
      state.fence = fence;
      const exitAtMs = nowMs + state.limits.startMs;
      const begun = { state: 'starting', fence, exitAtMs, claims: noClaims } as const;
      return changeResource(state, key, { ...troubleOf(change), ...begun });
    }
    case 'resource-free': {
      // A successful reset proves that the resource works. A start alone does not: it may fail again a moment later.
      const { key, state: was, ...before } = resourceAt(state, change.key);
      const failures = was === 'resetting' ? 0 : before.failures;
      const clean = { exitAtMs: Infinity, upSinceMs: nowMs, claims: noClaims };
      return changeResource(state, key, { state: 'free', failures, ...clean });
    }
    case 'resource-lost': {
      const exitAtMs = nowMs + change.retryInMs;
      return changeResource(state, change.key, { ...troubleOf(change), recovering: true, exitAtMs });
    }
    case 'resource-restarted': {
      const back = { exitAtMs: Infinity, upSinceMs: nowMs, restartedAt: at };
      return changeResource(state, change.key, { recovering: false, ...back });
    }
    case 'resource-quarantined': {
      const exitAtMs = nowMs + change.retryInMs;
      const paused = { state: 'quarantined', exitAtMs, claims: noClaims } as const;
      return changeResource(state, change.key, { ...troubleOf(change), ...paused });
    }
    case 'resource-draining':
      return changeResource(state, change.key, { draining: true });
    case 'resource-removed':
      return removeResource(state, change.key);
    default:
      change satisfies never;
  }
}

/** Replaces parts of a resource and updates the index of free ones. Field by field, because a spread is slow. */
export function changeResource(state: OwnedState, key: string, change: Partial<Resource>): void {
  const before = resourceAt(state, key);
  const { labels, attributes, order } = before;
  const { draining = before.draining, fence = before.fence, failures = before.failures } = change;
  const { lastError = before.lastError, restartedAt = before.restartedAt } = change;
  const { recovering = before.recovering, exitAtMs = before.exitAtMs, upSinceMs = before.upSinceMs } = change;
  const { claims = before.claims } = change;
  // prettier-ignore
  const after: Resource = {
    key, labels, attributes, state: change.state ?? before.state, fence, order,
    draining, failures, lastError, recovering, restartedAt, exitAtMs, upSinceMs, claims,
  };
  state.resources.set(key, after);
  if (after.exitAtMs !== before.exitAtMs) state.resourceDeadlines.report(key, after.exitAtMs);
  if (before.state === 'free') state.free.delete(after.order);
  if (after.state === 'free') state.free.add(after);
}

function removeResource(state: OwnedState, key: string): void {
  const resource = resourceAt(state, key);
  state.resources.delete(key);
  state.resourceDeadlines.delete(key);
  if (resource.state === 'free') state.free.delete(resource.order);
}

function resourceAt(state: OwnedState, key: string): Resource {
  const resource = state.resources.get(key);
  if (resource === undefined) throw new Error(`Invariant broken: no resource ${key}.`);
  return resource;
}

function addResource(state: OwnedState, change: ResourceAdded, nowMs: number): void {
  const { key, labels, attributes, order, fence } = change;
  state.arrivals = order;
  state.fence = fence;
  const times = { restartedAt: undefined, exitAtMs: nowMs + state.limits.startMs, upSinceMs: nowMs };
  const fresh = { draining: false, failures: 0, lastError: undefined, recovering: false, claims: noClaims };
  const resource: Resource = { key, labels, attributes, state: 'starting', fence, order, ...fresh, ...times };
  state.resources.set(key, resource);
  state.resourceDeadlines.report(key, resource.exitAtMs);
}

function troubleOf({ failures, error }: { failures: number; error?: string }): Partial<Resource> {
  return error === undefined ? { failures } : { failures, lastError: error };
}
