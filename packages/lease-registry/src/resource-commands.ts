import type { ResourceCommand } from './command.js';
import { quarantineFor } from './limits.js';
import type { Refused, Reply } from './reply.js';
import { refused } from './reply.js';
import { endLease } from './release.js';
import { serve, settle } from './serve.js';
import type { Resource } from './state.js';
import type { Turn } from './turn.js';
import { emit, nextArrival, nextFence } from './turn.js';

type CommandOf<T extends ResourceCommand['type']> = Extract<ResourceCommand, { type: T }>;

export function add(turn: Turn, { key, labels = {}, attributes = {} }: CommandOf<'added'>): Reply {
  if (turn.state.resources.has(key)) return refused('resource_already_added');
  const fence = nextFence(turn);
  emit(turn, { type: 'resource-added', key, labels, attributes, order: nextArrival(turn), fence });
  turn.effects.push({ type: 'start', key, fence, leased: false });
  return { type: 'done' };
}

/** A start is complete. Under a holder the lease simply goes on. */
export function ready(turn: Turn, { key, fence }: CommandOf<'ready'>): Reply {
  const resource = current(turn, key, fence);
  if (resource?.state === 'starting') return becomeFree(turn, resource);
  if (resource?.mending !== true) return { type: 'ignored' };
  emit(turn, { type: 'resource-restarted', key });
  return { type: 'done' };
}

export function resetDone(turn: Turn, { key, fence, note }: CommandOf<'reset-done'>): Reply {
  const resource = current(turn, key, fence);
  return resource?.state === 'resetting' ? becomeFree(turn, resource, note) : { type: 'ignored' };
}

/** A start, or a reset, did not succeed. */
export function failed(turn: Turn, command: CommandOf<'failed' | 'reset-failed'>): Reply {
  const { key, fence, error } = command;
  const resource = current(turn, key, fence);
  const expected = command.type === 'reset-failed' ? resource?.state === 'resetting' : isComingUp(resource);
  if (!expected) return { type: 'ignored' };
  fail(turn, key, error);
  return { type: 'done' };
}

/** A resource that was up is gone. Its holder, if any, keeps the lease while it is brought back. */
export function lost(turn: Turn, { key, fence, error, isOrderly = false }: CommandOf<'lost'>): Reply {
  const resource = current(turn, key, fence);
  if (resource === undefined || resource.mending) return { type: 'ignored' };
  if (resource.state !== 'free' && resource.state !== 'leased') return { type: 'ignored' };
  if (isOrderly) {
    restart(turn, resource, resource.failures, error);
    return { type: 'done' };
  }
  const failures = failuresNow(turn, resource);
  if (failures >= turn.state.limits.failuresMax) giveUp(turn, resource, failures, error);
  else restart(turn, resource, failures, error);
  return { type: 'done' };
}

export function drain(turn: Turn, { key }: CommandOf<'drain'>): Reply {
  const resource = turn.state.resources.get(key);
  if (resource === undefined) return refused('unknown_resource');
  if (resource.state === 'leased' || resource.state === 'resetting') {
    if (!resource.draining) emit(turn, { type: 'resource-draining', key });
  } else {
    leave(turn, key);
  }
  return { type: 'done' };
}

/** The resource is no more, whoever holds it. */
export function removed(turn: Turn, { key }: CommandOf<'removed'>): Reply {
  if (!turn.state.resources.has(key)) return refused('unknown_resource');
  const lease = turn.state.leases.get(key);
  if (lease !== undefined) endLease(turn, lease, 'revoked');
  leave(turn, key);
  return { type: 'done' };
}

/** A resource in a state that time or an error ends: it starts anew, or pauses in quarantine first. */
export function fail(turn: Turn, key: string, error: string): void {
  const resource = turn.state.resources.get(key);
  if (resource === undefined) return;
  if (resource.state === 'quarantined') return restart(turn, resource, resource.failures, resource.lastError);
  const failures = failuresNow(turn, resource);
  if (resource.state !== 'leased') return quarantine(turn, resource, failures, error);
  if (failures >= turn.state.limits.failuresMax) giveUp(turn, resource, failures, error);
  else restart(turn, resource, failures, error);
}

function restart(turn: Turn, resource: Resource, failures: number, error: string | undefined): void {
  const { key } = resource;
  if (resource.state === 'leased') {
    const { startMs: retryInMs } = turn.state.limits;
    emit(turn, { type: 'resource-lost', key, failures, error: error ?? 'lost', retryInMs });
    turn.effects.push({ type: 'start', key, fence: resource.fence, leased: true });
    return;
  }
  const fence = nextFence(turn);
  emit(turn, { type: 'resource-starting', key, fence, failures, ...(error === undefined ? {} : { error }) });
  turn.effects.push({ type: 'start', key, fence, leased: false });
}

/** Too many failures in a row: a holder loses its lease, and nobody is offered the resource for a while. */
function giveUp(turn: Turn, resource: Resource, failures: number, error: string): void {
  const lease = turn.state.leases.get(resource.key);
  if (lease !== undefined) endLease(turn, lease, 'resource_lost');
  quarantine(turn, resource, failures, error);
}

function quarantine(turn: Turn, { key, draining }: Resource, failures: number, error: string): void {
  if (draining) return leave(turn, key);
  const retryInMs = quarantineFor(turn.state.limits, failures);
  emit(turn, { type: 'resource-quarantined', key, failures, error, retryInMs });
}

function becomeFree(turn: Turn, { key, draining }: Resource, note?: string): Reply {
  if (draining) {
    leave(turn, key);
    return { type: 'done' };
  }
  emit(turn, { type: 'resource-free', key, ...(note === undefined ? {} : { note }) });
  serve(turn, turn.state.free.get(key));
  return { type: 'done' };
}

/** Takes a resource out of the registry and tells those who waited for nothing else. */
function leave(turn: Turn, key: string): void {
  emit(turn, { type: 'resource-removed', key });
  turn.effects.push({ type: 'dispose', key });
  const gone: Refused = refused('unknown_resource');
  for (const waiter of turn.state.waiters.values()) {
    if (waiter.selector.key !== key) continue;
    emit(turn, { type: 'waiter-left', requestId: waiter.requestId, how: 'refused' });
    settle(turn, waiter, gone);
  }
}

/** The resource, if this fence is still its own; anything else is about an earlier life of it. */
function current(turn: Turn, key: string, fence: number): Resource | undefined {
  const resource = turn.state.resources.get(key);
  return resource?.fence === fence ? resource : undefined;
}

/** Failures in a row with this one: one that comes after a long time up is the first of a new row. */
function failuresNow(turn: Turn, resource: Resource): number {
  const upForMs = isComingUp(resource) ? 0 : turn.now.monotonicMs - resource.upSinceMs;
  return upForMs >= turn.state.limits.stableMs ? 1 : resource.failures + 1;
}

function isComingUp(resource: Resource | undefined): boolean {
  return resource?.state === 'starting' || resource?.mending === true;
}
