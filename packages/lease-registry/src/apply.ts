import { applyToResource, changeResource } from './apply-to-resource.js';
import { forget, remember } from './bounded-memory.js';
import type { RecordedLease, RecordedWaiter, RegistryEvent } from './event.js';
import { type End, endedLease, liveLease } from './lease.js';
import type { Lease, Waiter } from './state.js';
import { count } from './quota.js';
import { joinLine, leaveLine } from './line.js';
import type { Draft } from './turn.js';
import type { Edit } from './versioned.js';

/**
 * Folds one event into a draft. `nowMs` is monotonic and only sets deadlines, which are not part of the journal:
 * a fold at another time gives the same state with other deadlines.
 */
export function apply(draft: Draft, event: RegistryEvent, nowMs: number, edit: Edit): void {
  const { change, at } = event;
  draft.revision = event.revision;
  switch (change.type) {
    case 'lease-granted':
      return addLease(draft, change.lease, nowMs, edit);
    case 'lease-ended': {
      endLease(draft, change.key, { how: change.how, renewedAt: change.renewedAt, endedAt: at }, edit);
      const { resetFence: fence } = change;
      draft.fence = fence;
      const exitAtMs = nowMs + draft.limits.resetMs;
      return changeResource(draft, change.key, edit, { state: 'resetting', fence, mending: false, exitAtMs });
    }
    case 'lease-handed-over':
      endLease(
        draft,
        change.lease.key,
        { how: 'handed_over', renewedAt: change.renewedAt, endedAt: at },
        edit,
      );
      return addLease(draft, change.lease, nowMs, edit);
    case 'offer-made': {
      const { ttlMs, ...offer } = change.offer;
      draft.offers = draft.offers.set(offer.codeDigest, change.key, edit);
      return changeLease(draft, change.key, edit, { offer: { ...offer, deadlineMs: nowMs + ttlMs } });
    }
    case 'offer-ended':
      return endOffer(draft, change.key, edit);
    case 'waiter-queued':
      return addWaiter(draft, change.waiter, nowMs, edit);
    case 'waiter-left':
      return removeWaiter(draft, change.requestId, edit);
    case 'request-answered': {
      const { requestId, request, reply } = change;
      draft.answers = remember(draft.answers, requestId, { request, reply }, edit);
      return;
    }
    case 'answer-forgotten':
      draft.answers = forget(draft.answers, change.requestId, edit);
      return;
    case 'clock-gap':
      return;
    default:
      applyToResource(draft, change, at, nowMs, edit);
  }
}

/** Replaces parts of a lease; for deadlines, which change without an event, as well as for offers. */
export function changeLease(draft: Draft, key: string, edit: Edit, change: Partial<Lease>): void {
  const lease = draft.leases.get(key);
  if (lease === undefined) throw new Error(`Invariant broken: no lease on ${key}.`);
  draft.leases = draft.leases.set({ ...lease, ...change }, edit);
}

function addLease(draft: Draft, recorded: RecordedLease, nowMs: number, edit: Edit): void {
  const { key, fence, scope } = recorded;
  draft.fence = fence;
  draft.leases = draft.leases.set(liveLease(recorded, nowMs + recorded.ttlMs), edit);
  count(draft, scope, 1, edit);
  changeResource(draft, key, edit, { state: 'leased', fence });
}

function endLease(draft: Draft, key: string, end: End, edit: Edit): void {
  const lease = draft.leases.get(key);
  if (lease === undefined) throw new Error(`Invariant broken: no lease on ${key}.`);
  const { tokenDigest, scope, offer } = lease;
  if (offer !== undefined) draft.offers = draft.offers.delete(offer.codeDigest, edit);
  draft.leases = draft.leases.delete(key, edit);
  draft.ended = remember(draft.ended, tokenDigest, endedLease(lease, end), edit);
  const heldMs = Math.min(Math.max(0, end.endedAt - lease.acquiredAt), draft.limits.ttlMaxMs);
  draft.typicalHoldMs += (heldMs - draft.typicalHoldMs) / 8;
  count(draft, scope, -1, edit);
}

function endOffer(draft: Draft, key: string, edit: Edit): void {
  const lease = draft.leases.get(key);
  if (lease?.offer === undefined) throw new Error(`Invariant broken: no offer on ${key}.`);
  draft.offers = draft.offers.delete(lease.offer.codeDigest, edit);
  draft.leases = draft.leases.set({ ...lease, offer: undefined }, edit);
}

function addWaiter(draft: Draft, recorded: RecordedWaiter, nowMs: number, edit: Edit): void {
  const waiter: Waiter = { ...recorded, deadlineMs: nowMs + recorded.patienceMs, absent: false };
  draft.arrivals = waiter.arrival;
  draft.waiters = draft.waiters.set(waiter.requestId, waiter, edit);
  joinLine(draft, waiter, edit);
  count(draft, waiter.scope, 1, edit);
}

function removeWaiter(draft: Draft, requestId: string, edit: Edit): void {
  const waiter = draft.waiters.get(requestId);
  if (waiter === undefined) throw new Error(`Invariant broken: no waiter ${requestId}.`);
  draft.waiters = draft.waiters.delete(requestId, edit);
  if (!waiter.absent) leaveLine(draft, waiter, edit);
  count(draft, waiter.scope, -1, edit);
}
