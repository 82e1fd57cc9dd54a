import type { Acquire } from './command.js';
import { contentOf } from './command.js';
import { grant, ttlFor } from './grant.js';
import { sameJson } from './json.js';
import { joinLine, lengthOfLine, rankInLine } from './line.js';
import { malformedAcquire } from './malformed.js';
import { answer, conflict, earlierReply, isSpent } from './memo.js';
import { estimateWait } from './queue.js';
import { quotaUsedUp } from './quota.js';
import type { RefusalCode, Reply } from './reply.js';
import { refused } from './reply.js';
import type { ResourceSelector } from './selector.js';
import { matches, wantsLabels } from './selector.js';
import { serve } from './serve.js';
import type { RegistryState, Resource, Waiter } from './state.js';
import type { Turn } from './turn.js';
import { emit, nextArrival } from './turn.js';

/** Grants at once, queues, or refuses. The order of checks: malformed, unknown, busy. */
export function acquire(turn: Turn, command: Acquire): Reply {
  const bad = malformedAcquire(command);
  if (bad !== undefined) return refused('bad_request', { subject: bad });
  const waiter = turn.state.waiters.get(command.requestId);
  if (waiter !== undefined) return rejoin(turn, command, waiter);
  const earlier = earlierReply(turn.state, command);
  if (earlier !== undefined) return earlier;
  if (isSpent(turn.state, command.tokenDigest)) return conflict('token');
  return acquireAnew(turn, command);
}

function acquireAnew(turn: Turn, command: Acquire): Reply {
  const { state } = turn;
  const { selector, scope } = command;
  const resource = freeOne(state, selector);
  if (resource === undefined && !isKnown(state, selector)) {
    return answer(turn, command, refused('unknown_resource'));
  }
  const quota = quotaUsedUp(state, scope);
  if (quota !== undefined) return answer(turn, command, refused('quota_exceeded', { subject: quota }));
  if (resource !== undefined) return answer(turn, command, grantNow(turn, resource, command));
  const patienceMs = patience(state, command);
  if (patienceMs > 0) return enqueue(turn, command, patienceMs);
  return answer(turn, command, busy(turn, selector));
}

function grantNow(turn: Turn, resource: Resource, command: Acquire): Reply {
  const lease = grant(turn, resource, command, ttlFor(turn, command), command.attributes ?? {});
  return { type: 'granted', lease };
}

/** A caller that lost its connection, or comes back after a restart, keeps its place and its deadline. */
function rejoin(turn: Turn, command: Acquire, waiter: Waiter): Reply {
  if (!sameJson(waiter.request, contentOf(command))) return conflict();
  const { state } = turn;
  const position = rankInLine(state, waiter);
  if (waiter.absent) {
    const present = { ...waiter, absent: false };
    state.waiters = state.waiters.set(waiter.requestId, present, turn.edit);
    joinLine(state, present, turn.edit);
    serve(turn, freeOne(state, waiter.selector));
  }
  return queued(state, waiter.selector, position);
}

function enqueue(turn: Turn, command: Acquire, patienceMs: number): Reply {
  const { requestId, leaseId, tokenDigest, scope, selector, attributes = {} } = command;
  const ttlMs = ttlFor(turn, command);
  const arrival = nextArrival(turn);
  const caller = { requestId, leaseId, tokenDigest, scope, selector, attributes, ttlMs };
  const request = command.anonymous === true ? {} : { request: contentOf(command) };
  const queuedAt = turn.now.wallMs;
  emit(turn, { type: 'waiter-queued', waiter: { ...caller, ...request, arrival, queuedAt, patienceMs } });
  return queued(turn.state, selector, lengthOfLine(turn.state, selector));
}

function queued(state: RegistryState, selector: ResourceSelector, position: number): Reply {
  return { type: 'queued', position, estimateMs: estimateWait(state, selector, position) };
}

/** The first free resource that will do. */
function freeOne(state: RegistryState, selector: ResourceSelector): Resource | undefined {
  if (selector.key !== undefined) {
    const resource = state.free.get(selector.key);
    return resource !== undefined && matches(selector, resource) ? resource : undefined;
  }
  if (!wantsLabels(selector)) return state.free.least();
  let first: Resource | undefined;
  for (const resource of state.free.values()) {
    if (matches(selector, resource) && (first === undefined || resource.order < first.order))
      first = resource;
  }
  return first;
}

function isKnown(state: RegistryState, selector: ResourceSelector): boolean {
  if (selector.key !== undefined) {
    const resource = state.resources.get(selector.key);
    return resource !== undefined && matches(selector, resource);
  }
  if (!wantsLabels(selector)) return state.resources.size > 0;
  return state.resources.some((resource) => matches(selector, resource));
}

/** How long this caller stands in line, in milliseconds; 0 when it does not. */
function patience(state: RegistryState, command: Acquire): number {
  const { briefWaitMs, waitMaxMs } = state.limits;
  if (command.waitMs !== undefined) return Math.min(command.waitMs, waitMaxMs);
  return onTheirWay(state).some((resource) => matches(command.selector, resource)) ? briefWaitMs : 0;
}

/** Resources that will be free without anybody releasing them. Only those have a time of their own to go by. */
function onTheirWay(state: RegistryState): Resource[] {
  return state.resources
    .upTo(Number.MAX_VALUE)
    .filter(({ state: now, draining }) => !draining && (now === 'starting' || now === 'resetting'));
}

function busy(turn: Turn, selector: ResourceSelector): Reply {
  const { state } = turn;
  const queueLength = lengthOfLine(state, selector);
  const retryAfterMs = Math.max(0, nextFreeAt(state, selector) - turn.now.monotonicMs);
  const estimateMs = estimateWait(state, selector, queueLength + 1);
  return refused(codeFor(state, selector), { queueLength, estimateMs, retryAfterMs });
}

function codeFor(state: RegistryState, { key }: ResourceSelector): RefusalCode {
  if (key === undefined) return 'pool_exhausted';
  return state.leases.has(key) ? 'resource_leased' : 'resource_not_ready';
}

/** The first moment at which time alone takes one of these resources a step towards free. */
function nextFreeAt(state: RegistryState, selector: ResourceSelector): number {
  if (selector.key === undefined && !wantsLabels(selector)) {
    return Math.min(state.leases.min, state.resources.min);
  }
  const some = state.resources.values().filter((resource) => matches(selector, resource));
  return Math.min(...some.map(({ key, exitAtMs }) => state.leases.get(key)?.deadlineMs ?? exitAtMs));
}
