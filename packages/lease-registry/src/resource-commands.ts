import { omitUndefined } from '@escarp/contract';
import type { ResourceCommand } from './command.js';
import { none, shortened } from './json.js';
import { endLease } from './lease-commands.js';
import { quarantineFor } from './limits.js';
import { type Refused, refused, type Reply } from './reply.js';
import { serve, settle } from './grant.js';
import type { Resource } from './state.js';
import { emit, nextArrival, nextFence, type StepContext } from './step-context.js';

type CommandOf<T extends ResourceCommand['type']> = Extract<ResourceCommand, { type: T }>;

export function add(
  context: StepContext,
  { key, labels = none, attributes = none }: CommandOf<'added'>,
): Reply {
  if (context.state.resources.has(key)) return refused('resource_already_added');
  const fence = nextFence(context);
  emit(context, { type: 'resource-added', key, labels, attributes, order: nextArrival(context), fence });
  context.effects.push({ type: 'start', key, fence, leased: false });
  return { type: 'done' };
}

/** A start is complete. If the resource is leased, the lease simply continues. */
export function ready(context: StepContext, { key, fence }: CommandOf<'ready'>): Reply {
  const resource = current(context, key, fence);
  if (resource?.state === 'starting') return becomeFree(context, resource);
  if (resource?.recovering !== true) return { type: 'ignored' };
  emit(context, { type: 'resource-restarted', key });
  return { type: 'done' };
}

export function resetDone(context: StepContext, { key, fence, note }: CommandOf<'reset-done'>): Reply {
  const resource = current(context, key, fence);
  return resource?.state === 'resetting' ? becomeFree(context, resource, note) : { type: 'ignored' };
}

/** A start or a reset failed. */
export function failed(context: StepContext, command: CommandOf<'failed' | 'reset-failed'>): Reply {
  const { key, fence } = command;
  const resource = current(context, key, fence);
  const expected = command.type === 'reset-failed' ? resource?.state === 'resetting' : isComingUp(resource);
  if (!expected) return { type: 'ignored' };
  fail(context, key, cut(context, command.error));
  return { type: 'done' };
}

/** A resource that was up is gone. Its holder, if any, keeps the lease while it is brought back. */
export function lost(context: StepContext, { key, fence, isOrderly, ...told }: CommandOf<'lost'>): Reply {
  const resource = current(context, key, fence);
  const wasUp = resource?.state === 'free' || (resource?.state === 'leased' && !resource.recovering);
  if (!wasUp) return { type: 'ignored' };
  const error = cut(context, told.error);
  if (isOrderly === true) restart(context, resource, resource.failures, error);
  else restartOrGiveUp(context, resource, error);
  return { type: 'done' };
}

export function drain(context: StepContext, { key }: CommandOf<'drain'>): Reply {
  const resource = context.state.resources.get(key);
  if (resource === undefined) return refused('unknown_resource');
  if (resource.state === 'leased' || resource.state === 'resetting') {
    if (!resource.draining) emit(context, { type: 'resource-draining', key });
  } else {
    leave(context, key);
  }
  return { type: 'done' };
}

/** Removes a resource that no longer exists, even if it is leased. */
export function removed(context: StepContext, { key }: CommandOf<'removed'>): Reply {
  if (!context.state.resources.has(key)) return refused('unknown_resource');
  const lease = context.state.leases.get(key);
  if (lease !== undefined) endLease(context, lease, 'revoked');
  leave(context, key);
  return { type: 'done' };
}

/** Ends a state by its deadline or by an error: the resource is started again, or quarantined first. */
export function fail(context: StepContext, key: string, error: string): void {
  const resource = context.state.resources.get(key);
  if (resource === undefined) return;
  if (resource.state === 'quarantined')
    return restart(context, resource, resource.failures, resource.lastError);
  if (resource.state === 'leased') return restartOrGiveUp(context, resource, error);
  quarantine(context, resource, failuresNow(context, resource), error);
}

/** After too many failures in a row the holder loses its lease, and the resource is not offered for a while. */
function restartOrGiveUp(context: StepContext, resource: Resource, error: string): void {
  const failures = failuresNow(context, resource);
  if (failures < context.state.limits.failuresMax) return restart(context, resource, failures, error);
  const lease = context.state.leases.get(resource.key);
  if (lease !== undefined) endLease(context, lease, 'resource_lost');
  quarantine(context, resource, failures, error);
}

function restart(context: StepContext, resource: Resource, failures: number, error?: string): void {
  const { key } = resource;
  if (resource.state === 'leased') {
    const { startMs: retryInMs } = context.state.limits;
    emit(context, { type: 'resource-lost', key, failures, error: error ?? 'lost', retryInMs });
    context.effects.push({ type: 'start', key, fence: resource.fence, leased: true });
    return;
  }
  const fence = nextFence(context);
  emit(context, { type: 'resource-starting', key, fence, failures, ...omitUndefined({ error }) });
  context.effects.push({ type: 'start', key, fence, leased: false });
}

function quarantine(context: StepContext, resource: Resource, failures: number, error: string): void {
  const { key, draining } = resource;
  if (draining) return leave(context, key);
  const retryInMs = quarantineFor(context.state.limits, failures);
  emit(context, { type: 'resource-quarantined', key, failures, error, retryInMs });
}

function becomeFree(context: StepContext, { key, draining }: Resource, note?: string): Reply {
  if (draining) {
    leave(context, key);
    return { type: 'done' };
  }
  emit(context, { type: 'resource-free', key, ...(note === undefined ? {} : { note: cut(context, note) }) });
  // Where some wait for assets, what it held may be free as well, for another resource that comes first: the step ends by
  // offering all that is free.
  if (context.state.selectiveQueues.size === 0) serve(context, context.state.resources.get(key));
  return { type: 'done' };
}

function cut({ state }: StepContext, text: string): string {
  return shortened(text, state.limits.errorBytes);
}

/** Takes a resource out of the registry and tells those who waited for nothing else. */
function leave(context: StepContext, key: string): void {
  emit(context, { type: 'resource-removed', key });
  context.effects.push({ type: 'dispose', key });
  const gone: Refused = refused('unknown_resource');
  for (const waiter of context.state.waiters.values()) {
    if (waiter.selector.key !== key) continue;
    emit(context, { type: 'waiter-left', requestId: waiter.requestId, how: 'refused' });
    settle(context, waiter, gone);
  }
}

/** The resource, if this fence is still current; otherwise the report is about an earlier start or reset. */
function current(context: StepContext, key: string, fence: number): Resource | undefined {
  const resource = context.state.resources.get(key);
  return resource?.fence === fence ? resource : undefined;
}

/** Failures in a row, including this one; counting starts again after a long time without a failure. */
function failuresNow(context: StepContext, resource: Resource): number {
  const upForMs = isComingUp(resource) ? 0 : context.now.monotonicMs - resource.upSinceMs;
  return upForMs >= context.state.limits.stableMs ? 1 : resource.failures + 1;
}

function isComingUp(resource: Resource | undefined): boolean {
  return resource?.state === 'starting' || resource?.recovering === true;
}
