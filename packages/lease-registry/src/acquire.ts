import { noClaims } from './asset.js';
import { claimants, claimsFit, needsApproval } from './claims.js';
import { type Acquire, contentOf } from './command.js';
import { none, sameJson } from './json.js';
import { conflict, isSpent, once } from './idempotency.js';
import {
  countMatching,
  estimateWait,
  joinQueue,
  matching,
  positionInQueue,
  queueLengthFor,
} from './queue.js';
import { quotaUsedUp } from './quota.js';
import { type RefusalCode, refused, type Reply } from './reply.js';
import { acceptsAny, matches, type ResourceSelector } from './selector.js';
import { grant, serve, serveFree, ttlFor } from './grant.js';
import type { OwnedState, Resource, Waiter } from './state.js';
import { emit, nextArrival, nextName, type StepContext } from './step-context.js';

/** Grants at once, queues, or refuses. The order of checks: unknown, over quota, busy. */
export function acquire(context: StepContext, command: Acquire): Reply {
  const waiter = context.state.waiters.get(command.requestId);
  return waiter === undefined ? acquireOnce(context, command) : rejoin(context, command, waiter);
}

const acquireOnce = once((context: StepContext, command: Acquire): Reply => {
  const { state } = context;
  if (isSpent(state, command.tokenDigest)) return conflict('token');
  const { selector, scope, claims = noClaims } = command;
  const resource = freeOne(state, selector);
  const unknown = unknownPart(state, resource, command);
  if (unknown !== undefined) return unknown;
  const quota = quotaUsedUp(state, scope);
  if (quota !== undefined) return refused('quota_exceeded', { subject: quota });
  const mustAsk = needsApproval(state, claims);
  if (resource !== undefined && !mustAsk && claimsFit(state, claims, Infinity)) {
    const { attributes = none, prepare = false } = command;
    const wish = { ttlMs: ttlFor(context, command), attributes, claims, prepare };
    return { type: 'granted', lease: grant(context, resource, command, wish) };
  }
  const waitTimeoutMs = waitTimeout(state, command, mustAsk);
  if (waitTimeoutMs <= 0) return busy(context, command, codeFor(state, command));
  if (state.waitersBytes >= state.limits.waitersBytes) return busy(context, command, 'too_many_waiting');
  return enqueue(context, command, waitTimeoutMs, mustAsk);
});

/** What of a request there is not. */
function unknownPart(state: OwnedState, free: Resource | undefined, wish: Acquire): Reply | undefined {
  if (free === undefined && countMatching(state, wish.selector) === 0) return refused('unknown_resource');
  const name = wish.claims?.find((claim) => !state.assets.has(claim.name))?.name;
  return name === undefined ? undefined : refused('unknown_asset', { subject: name });
}

/** A caller that lost its connection, or comes back after a restart, keeps its position and its deadline. */
function rejoin(context: StepContext, command: Acquire, waiter: Waiter): Reply {
  if (!sameJson(waiter.request, contentOf(command))) return conflict();
  const { state } = context;
  const position = positionInQueue(state, waiter);
  if (waiter.absent) {
    const present = { ...waiter, absent: false };
    state.waiters.replace(state.waiters.cell(waiter.requestId), present);
    joinQueue(state, present);
    if (waiter.claims.length === 0) serve(context, freeOne(state, waiter.selector));
    else serveFree(context);
  }
  return queued(state, waiter.selector, position);
}

function enqueue(context: StepContext, command: Acquire, waitTimeoutMs: number, mustAsk: boolean): Reply {
  const { requestId, leaseId, tokenDigest, scope, selector, attributes = none, claims = noClaims } = command;
  const ttlMs = ttlFor(context, command);
  const arrival = nextArrival(context);
  const caller = { requestId, leaseId, tokenDigest, scope, selector, attributes, ttlMs };
  const request = command.anonymous === true ? {} : { request: contentOf(command) };
  const queuedAt = context.now.wallMs;
  const sharing = {
    ...(claims.length > 0 && { claims }),
    ...(command.prepare === true && { prepare: true }),
    ...(mustAsk && { approval: askedFor(context, waitTimeoutMs) }),
  };
  const waiter = { ...caller, ...request, ...sharing, arrival };
  emit(context, { type: 'waiter-queued', waiter: { ...waiter, queuedAt, waitTimeoutMs } });
  return queued(context.state, selector, positionInQueue(context.state, { ...command, arrival }));
}

/** The agreement of a person, who has as long as the caller waits, within the limit. */
function askedFor(context: StepContext, waitTimeoutMs: number) {
  const expiresAt = context.now.wallMs + Math.min(waitTimeoutMs, context.state.limits.approvalMs);
  return { id: nextName(context), isGiven: false, expiresAt };
}

function queued(state: OwnedState, selector: ResourceSelector, position: number): Reply {
  return { type: 'queued', position, estimateMs: estimateWait(state, selector, position) };
}

/** The first free resource that matches. */
function freeOne(state: OwnedState, selector: ResourceSelector): Resource | undefined {
  if (acceptsAny(selector)) return state.free.first;
  if (selector.key === undefined) return state.free.values().find((one) => matches(selector, one));
  return matching(state, selector).find((one) => one.state === 'free');
}

/** How long this caller waits, in milliseconds; 0 if it does not wait. */
function waitTimeout(state: OwnedState, command: Acquire, mustAsk: boolean): number {
  const { briefWaitMs, waitMaxMs, approvalMs } = state.limits;
  if (command.waitMs !== undefined) return Math.min(command.waitMs, waitMaxMs);
  if (mustAsk) return approvalMs;
  const isComing = matching(state, command.selector).some(willBeFree);
  const isGoing = claimants(state, command.claims ?? noClaims).some((one) => one.state === 'resetting');
  return isComing || isGoing ? briefWaitMs : 0;
}

/** Whether a resource becomes free without anybody releasing it. */
function willBeFree({ state, draining }: Resource): boolean {
  return !draining && (state === 'starting' || state === 'resetting');
}

function busy(context: StepContext, wish: Acquire, code: RefusalCode): Reply {
  const { state, now } = context;
  const queueLength = queueLengthFor(state, wish);
  const estimateMs = estimateWait(state, wish.selector, queueLength + 1);
  const freeAtMs = code === 'asset_busy' ? nextUnclaimedAt(state, wish) : nextFreeAt(state, wish.selector);
  // Nothing by time alone decides what a person decides.
  if (freeAtMs === Infinity) return refused(code, { queueLength, estimateMs });
  return refused(code, { queueLength, estimateMs, retryAfterMs: Math.max(0, freeAtMs - now.monotonicMs) });
}

function codeFor(state: OwnedState, { selector: { key }, claims = noClaims }: Acquire): RefusalCode {
  if (needsApproval(state, claims)) return 'approval_required';
  if (!claimsFit(state, claims, Infinity)) return 'asset_busy';
  if (key === undefined) return 'pool_exhausted';
  return state.leases.has(key) ? 'resource_leased' : 'resource_not_ready';
}

/** The earliest deadline that takes one of these resources a step closer to free. */
function nextFreeAt(state: OwnedState, selector: ResourceSelector): number {
  const next = acceptsAny(selector) ? state.resources.deadlines.first : undefined;
  // The next of all, unless it is that of an offer, a question or a person's turn, which frees nothing.
  if (next !== undefined && next.deadline === exitAt(state, next.value)) return next.deadline;
  return earliestExit(state, matching(state, selector));
}

/** The earliest deadline that takes somebody away from what is claimed. */
function nextUnclaimedAt(state: OwnedState, { claims = noClaims }: Acquire): number {
  return Math.min(earliestExit(state, claimants(state, claims)), state.waiters.deadlines.min);
}

function earliestExit(state: OwnedState, some: readonly Resource[]): number {
  return some.reduce((earliest, resource) => Math.min(earliest, exitAt(state, resource)), Infinity);
}

function exitAt({ leases }: OwnedState, { key, exitAtMs }: Resource): number {
  return leases.get(key)?.deadlineMs ?? exitAtMs;
}
