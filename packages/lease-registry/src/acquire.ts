import { type Acquire, contentOf } from './command.js';
import { grant, ttlFor } from './grant.js';
import { sameJson } from './json.js';
import { joinQueue, queueLengthFor, positionInQueue } from './wait-queue.js';
import { answer, conflict, cachedReply, isSpent } from './idempotency.js';
import { countMatching, estimateWait, matching } from './queue.js';
import { quotaUsedUp } from './quota.js';
import { type RefusalCode, refused, type Reply } from './reply.js';
import { matches, type ResourceSelector, wantsLabels } from './selector.js';
import { serve } from './serve.js';
import type { OwnedState, Resource, Waiter } from './state.js';
import { emit, nextArrival, type StepContext } from './step-context.js';

/** Grants at once, queues, or refuses. The order of checks: unknown, over quota, busy. */
export function acquire(context: StepContext, command: Acquire): Reply {
  const waiter = context.state.waiters.get(command.requestId);
  if (waiter !== undefined) return rejoin(context, command, waiter);
  const earlier = cachedReply(context.state, command);
  if (earlier !== undefined) return earlier;
  if (isSpent(context.state, command.tokenDigest)) return conflict('token');
  return acquireAnew(context, command);
}

function acquireAnew(context: StepContext, command: Acquire): Reply {
  const { state } = context;
  const { selector, scope } = command;
  const resource = freeOne(state, selector);
  if (resource === undefined && countMatching(state, selector) === 0) {
    return answer(context, command, refused('unknown_resource'));
  }
  const quota = quotaUsedUp(state, scope);
  if (quota !== undefined) return answer(context, command, refused('quota_exceeded', { subject: quota }));
  if (resource !== undefined) {
    const terms = { ttlMs: ttlFor(context, command), attributes: command.attributes ?? {} };
    return answer(context, command, { type: 'granted', lease: grant(context, resource, command, terms) });
  }
  const waitTimeoutMs = waitTimeout(state, command);
  if (waitTimeoutMs <= 0) return answer(context, command, busy(context, selector, codeFor(state, selector)));
  // Not remembered: nothing about the request is wrong, and it may come again.
  if (state.waitersBytes >= state.limits.waitersBytes) return busy(context, selector, 'too_many_waiting');
  return enqueue(context, command, waitTimeoutMs);
}

/** A caller that lost its connection, or comes back after a restart, keeps its position and its deadline. */
function rejoin(context: StepContext, command: Acquire, waiter: Waiter): Reply {
  if (!sameJson(waiter.request, contentOf(command))) return conflict();
  const { state } = context;
  const position = positionInQueue(state, waiter);
  if (waiter.absent) {
    const present = { ...waiter, absent: false };
    state.waiters.set(waiter.requestId, present);
    joinQueue(state, present);
    serve(context, freeOne(state, waiter.selector));
  }
  return queued(state, waiter.selector, position);
}

function enqueue(context: StepContext, command: Acquire, waitTimeoutMs: number): Reply {
  const { requestId, leaseId, tokenDigest, scope, selector, attributes = {} } = command;
  const ttlMs = ttlFor(context, command);
  const arrival = nextArrival(context);
  const caller = { requestId, leaseId, tokenDigest, scope, selector, attributes, ttlMs };
  const request = command.anonymous === true ? {} : { request: contentOf(command) };
  const queuedAt = context.now.wallMs;
  emit(context, {
    type: 'waiter-queued',
    waiter: { ...caller, ...request, arrival, queuedAt, waitTimeoutMs },
  });
  return queued(context.state, selector, queueLengthFor(context.state, selector));
}

function queued(state: OwnedState, selector: ResourceSelector, position: number): Reply {
  return { type: 'queued', position, estimateMs: estimateWait(state, selector, position) };
}

/** The first free resource that matches. */
function freeOne(state: OwnedState, selector: ResourceSelector): Resource | undefined {
  if (selector.key === undefined && !wantsLabels(selector)) return state.free.first;
  if (selector.key === undefined) return state.free.values().find((one) => matches(selector, one));
  return matching(state, selector).find((one) => one.state === 'free');
}

/** How long this caller waits, in milliseconds; 0 if it does not wait. */
function waitTimeout(state: OwnedState, command: Acquire): number {
  const { briefWaitMs, waitMaxMs } = state.limits;
  if (command.waitMs !== undefined) return Math.min(command.waitMs, waitMaxMs);
  return matching(state, command.selector).some(willBeFree) ? briefWaitMs : 0;
}

/** Whether a resource becomes free without anybody releasing it. */
function willBeFree({ state, draining }: Resource): boolean {
  return !draining && (state === 'starting' || state === 'resetting');
}

function busy(context: StepContext, selector: ResourceSelector, code: RefusalCode): Reply {
  const { state } = context;
  const queueLength = queueLengthFor(state, selector);
  const retryAfterMs = Math.max(0, nextFreeAt(state, selector) - context.now.monotonicMs);
  const estimateMs = estimateWait(state, selector, queueLength + 1);
  return refused(code, { queueLength, estimateMs, retryAfterMs });
}

function codeFor(state: OwnedState, { key }: ResourceSelector): RefusalCode {
  if (key === undefined) return 'pool_exhausted';
  return state.leases.has(key) ? 'resource_leased' : 'resource_not_ready';
}

/** The earliest deadline that takes one of these resources a step closer to free. */
function nextFreeAt(state: OwnedState, selector: ResourceSelector): number {
  if (selector.key === undefined && !wantsLabels(selector)) return state.resourceDeadlines.min;
  const exits = matching(state, selector).map(
    ({ key, exitAtMs }) => state.leases.get(key)?.deadlineMs ?? exitAtMs,
  );
  return Math.min(...exits);
}
