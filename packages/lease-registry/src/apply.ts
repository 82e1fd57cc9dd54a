import { applyToResource, changeResource } from './apply-to-resource.js';
import type { RecordedLease, RecordedWaiter, RegistryEvent } from './event.js';
import { jsonBytes } from './json.js';
import { liveLease } from './lease.js';
import { count } from './quota.js';
import type { EndedLease, Lease, OwnedState, Waiter } from './state.js';
import { joinQueue, leaveQueue } from './wait-queue.js';

type LeaseEnded = Extract<RegistryEvent['change'], { type: 'lease-ended' }>;

/**
 * Applies one event to a state. `nowMs` is monotonic and only sets deadlines, which are not part of the journal: applied at
 * another time, the event leads to the same state with other deadlines.
 */
export function apply(state: OwnedState, event: RegistryEvent, nowMs: number): void {
  const { change, at } = event;
  state.revision = event.revision;
  switch (change.type) {
    case 'lease-granted':
      return addLease(state, change.lease, nowMs);
    case 'lease-ended':
      return resetAfter(state, change, at, nowMs);
    case 'lease-handed-over':
      endLease(state, change.lease.key, { how: 'handed_over', renewedAt: change.renewedAt, endedAt: at });
      return addLease(state, change.lease, nowMs);
    case 'offer-made': {
      const { ttlMs, ...offer } = change.offer;
      state.offers.set(offer.codeDigest, change.key);
      return changeLease(state, change.key, { offer: { ...offer, deadlineMs: nowMs + ttlMs } });
    }
    case 'offer-ended':
      return endOffer(state, change.key);
    case 'waiter-queued':
      return addWaiter(state, change.waiter, nowMs);
    case 'waiter-left':
      return removeWaiter(state, change.requestId);
    case 'request-answered':
      return state.answers.set(change.requestId, { request: change.request, reply: change.reply });
    case 'answer-forgotten':
      return state.answers.delete(change.requestId);
    case 'clock-gap':
      return;
    default:
      applyToResource(state, change, at, nowMs);
  }
}

/** Replaces parts of a lease: its offer, or its deadlines, which change without an event. */
export function changeLease(state: OwnedState, key: string, change: Partial<Lease>): void {
  const lease = { ...leaseAt(state, key), ...change };
  state.leases.holding(lease.tokenDigest)!.lease = lease;
  state.resourceDeadlines.report(key, Math.min(lease.deadlineMs, lease.offer?.deadlineMs ?? Infinity));
}

/** The lease on this resource, which must have one. */
export function leaseAt(state: OwnedState, key: string): Lease {
  const lease = state.leases.get(key);
  if (lease === undefined) throw new Error(`Invariant broken: no lease on ${key}.`);
  return lease;
}

function addLease(state: OwnedState, recorded: RecordedLease, nowMs: number): void {
  const { key, fence, scope, ttlMs } = recorded;
  const deadlineMs = nowMs + ttlMs;
  state.fence = fence;
  state.leases.add(liveLease(recorded, deadlineMs));
  state.resourceDeadlines.report(key, deadlineMs);
  count(state, scope, 1);
  changeResource(state, key, { state: 'leased', fence });
}

function resetAfter(state: OwnedState, change: LeaseEnded, endedAt: number, nowMs: number): void {
  const { key, how, renewedAt, resetFence } = change;
  endLease(state, key, { how, renewedAt, endedAt });
  state.fence = resetFence;
  const exitAtMs = nowMs + state.limits.resetMs;
  changeResource(state, key, { state: 'resetting', fence: resetFence, recovering: false, exitAtMs });
}

type End = Pick<EndedLease, 'how' | 'renewedAt' | 'endedAt'>;

function endLease(state: OwnedState, key: string, { how, renewedAt, endedAt }: End): void {
  const lease = leaseAt(state, key);
  const { fence, tokenDigest, scope, acquiredAt, offer } = lease;
  if (offer !== undefined) state.offers.delete(offer.codeDigest);
  state.leases.delete(lease);
  state.ended.set(tokenDigest, { key, fence, holder: scope.holder, how, acquiredAt, renewedAt, endedAt });
  const heldMs = Math.min(Math.max(0, endedAt - acquiredAt), state.limits.ttlMaxMs);
  state.typicalHoldMs += (heldMs - state.typicalHoldMs) / 8;
  count(state, scope, -1);
}

function endOffer(state: OwnedState, key: string): void {
  const { offer } = leaseAt(state, key);
  if (offer === undefined) throw new Error(`Invariant broken: no offer on ${key}.`);
  state.offers.delete(offer.codeDigest);
  changeLease(state, key, { offer: undefined });
}

function addWaiter(state: OwnedState, recorded: RecordedWaiter, nowMs: number): void {
  const waiter = keepWaiter(state, recorded, { deadlineMs: nowMs + recorded.waitTimeoutMs, absent: false });
  state.arrivals = waiter.arrival;
  state.waiterDeadlines.report(waiter.requestId, waiter.deadlineMs);
  joinQueue(state, waiter);
}

/** Counts a waiter and gives it its place in the order of arrival. */
export function keepWaiter(
  state: OwnedState,
  recorded: RecordedWaiter,
  volatile: Pick<Waiter, 'deadlineMs' | 'absent'>,
): Waiter {
  const waiter: Waiter = { ...recorded, ...volatile, bytes: jsonBytes(recorded) };
  state.waiters.set(waiter.requestId, waiter);
  state.waitersBytes += waiter.bytes;
  count(state, waiter.scope, 1);
  return waiter;
}

function removeWaiter(state: OwnedState, requestId: string): void {
  const waiter = state.waiters.get(requestId);
  if (waiter === undefined) throw new Error(`Invariant broken: no waiter ${requestId}.`);
  state.waiters.delete(requestId);
  state.waitersBytes -= waiter.bytes;
  state.waiterDeadlines.delete(requestId);
  if (!waiter.absent) leaveQueue(state, waiter);
  count(state, waiter.scope, -1);
}
