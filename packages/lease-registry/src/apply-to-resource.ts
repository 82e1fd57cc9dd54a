import type { Change } from './event.js';
import type { Edit } from './versioned.js';
import type { Resource } from './state.js';
import type { Draft } from './turn.js';

type ResourceChange = Extract<Change, { type: `resource-${string}` }>;

/** Folds a change of one resource into a draft. */
export function applyToResource(
  draft: Draft,
  change: ResourceChange,
  at: number,
  nowMs: number,
  edit: Edit,
): void {
  switch (change.type) {
    case 'resource-added':
      return addResource(draft, change, nowMs, edit);
    case 'resource-starting': {
      draft.fence = change.fence;
      const exitAtMs = nowMs + draft.limits.startMs;
      return changeResource(draft, change.key, edit, {
        ...troubleOf(change),
        state: 'starting',
        fence: change.fence,
        exitAtMs,
      });
    }
    case 'resource-free':
      return changeResource(draft, change.key, edit, {
        state: 'free',
        exitAtMs: Infinity,
        upSinceMs: nowMs,
        // A clean reset proves the resource sound. A start alone does not: it may fail again a moment later.
        ...(draft.resources.get(change.key)?.state === 'resetting' ? { failures: 0 } : {}),
      });
    case 'resource-lost': {
      const exitAtMs = nowMs + change.retryInMs;
      return changeResource(draft, change.key, edit, { ...troubleOf(change), mending: true, exitAtMs });
    }
    case 'resource-restarted': {
      const back = { exitAtMs: Infinity, upSinceMs: nowMs, restartedAt: at };
      return changeResource(draft, change.key, edit, { mending: false, ...back });
    }
    case 'resource-quarantined': {
      const exitAtMs = nowMs + change.retryInMs;
      return changeResource(draft, change.key, edit, {
        ...troubleOf(change),
        state: 'quarantined',
        exitAtMs,
      });
    }
    case 'resource-draining':
      return changeResource(draft, change.key, edit, { draining: true });
    case 'resource-removed':
      draft.resources = draft.resources.delete(change.key, edit);
      draft.free = draft.free.delete(change.key, edit);
      return;
    default:
      change satisfies never;
  }
}

/** Replaces parts of a resource and keeps the index of free ones true. Field by field: a spread is slow. */
export function changeResource(draft: Draft, key: string, edit: Edit, change: Partial<Resource>): void {
  const before = draft.resources.get(key);
  if (before === undefined) throw new Error(`Invariant broken: no resource ${key}.`);
  const after: Resource = {
    key,
    labels: before.labels,
    attributes: before.attributes,
    state: change.state ?? before.state,
    draining: change.draining ?? before.draining,
    fence: change.fence ?? before.fence,
    order: before.order,
    failures: change.failures ?? before.failures,
    lastError: change.lastError ?? before.lastError,
    restartedAt: change.restartedAt ?? before.restartedAt,
    mending: change.mending ?? before.mending,
    exitAtMs: change.exitAtMs ?? before.exitAtMs,
    upSinceMs: change.upSinceMs ?? before.upSinceMs,
  };
  draft.resources = draft.resources.set(key, after, edit);
  if (after.state === 'free') draft.free = draft.free.set(key, after, edit);
  else if (before.state === 'free') draft.free = draft.free.delete(key, edit);
}

function addResource(
  draft: Draft,
  change: Extract<Change, { type: 'resource-added' }>,
  nowMs: number,
  edit: Edit,
): void {
  const { key, labels, attributes, order, fence } = change;
  draft.arrivals = order;
  draft.fence = fence;
  const resource: Resource = {
    key,
    labels,
    attributes,
    state: 'starting',
    draining: false,
    fence,
    order,
    failures: 0,
    lastError: undefined,
    restartedAt: undefined,
    mending: false,
    exitAtMs: nowMs + draft.limits.startMs,
    upSinceMs: nowMs,
  };
  draft.resources = draft.resources.set(key, resource, edit);
}

function troubleOf({ failures, error }: { failures: number; error?: string }): Partial<Resource> {
  return error === undefined ? { failures } : { failures, lastError: error };
}
