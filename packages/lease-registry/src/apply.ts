import { applyToResource, changeResource } from './apply-to-resource.js';
import { noClaims } from './asset.js';
import type { Change, RegistryEvent } from './event.js';
import { type Instant, lasting } from './instant.js';
import { jsonBytes } from './json.js';
import type { Limits } from './limits.js';
import { count } from './quota.js';
import { liveLease, type RecordedLease, type RecordedWaiter } from './recorded.js';
import type { ResourceCell } from './resource.js';
import type { EndedLease, Lease, OwnedState } from './state.js';
import { type Waiter, WaiterCell } from './waiter.js';
import { joinQueue, leaveQueue } from './queue.js';

type LeaseEnded = Extract<Change, { type: 'lease-ended' }>;
type Take = Extract<Change, { type: 'control-taken' }>;
type AskMade = Extract<Change, { type: 'ask-made' }>;
type Term = Pick<RecordedLease, 'preparing' | 'ttlMs'>;

/**
 * Applies one event to a state. `nowMs` is monotonic and only sets deadlines, which are not part of the journal: applied at
 * another time, the event leads to the same state with other deadlines.
 * @param cell what holds the resource of a lease that ends, to whom it is at hand: finding it costs a fourth of an expiry.
 */
export function apply(state: OwnedState, event: RegistryEvent, nowMs: number, cell?: ResourceCell): void {
  const { change, at } = event;
  const now = { wallMs: at, monotonicMs: nowMs };
  state.revision = event.revision;
  switch (change.type) {
    case 'lease-granted':
      return addLease(state, change.lease, nowMs);
    case 'lease-ended':
      return resetAfter(state, cell ?? state.resources.cell(change.key), change, now);
    case 'lease-handed-over': {
      const { lease, renewedAt } = change;
      endLease(state, state.resources.cell(lease.key), { how: 'handed_over', renewedAt }, at);
      return addLease(state, lease, nowMs);
    }
    case 'offer-made': {
      const { offer } = change;
      return changeLease(state, change.key, { offer: { ...offer, deadlineMs: nowMs + offer.ttlMs } });
    }
    case 'offer-ended':
      return changeLease(state, change.key, { offer: undefined });
    case 'lease-ttl-set':
      return changeLease(state, change.key, { ttlMs: change.ttlMs });
    case 'lease-prepared':
      return beginTerm(state, change.key, { preparing: false }, now);
    case 'control-taken':
      return takeOver(state, change, nowMs);
    case 'control-returned':
      return beginTerm(state, change.key, { control: change.control, graced: false }, now);
    case 'ask-made':
      return addAsk(state, change, nowMs);
    case 'ask-answered': {
      const { key, id, answer } = change;
      const asks = leaseAt(state, key).asks.map((ask) => (ask.id === id ? { ...ask, answer } : ask));
      return changeLease(state, key, { asks });
    }
    case 'asset-set':
      state.assets.set(change.asset.name, change.asset);
      return;
    case 'asset-removed':
      state.assets.delete(change.name);
      return;
    case 'approval-decided':
      return change.isApproved ? approve(state, change.requestId) : undefined;
    case 'waiter-queued':
      return addWaiter(state, change.waiter, now);
    case 'waiter-left':
      return removeWaiter(state, change.requestId);
    case 'request-answered':
      return state.answers.set(change.requestId, { request: change.request, reply: change.reply });
    case 'answer-forgotten':
      return state.answers.delete(change.requestId);
    case 'clock-gap':
      return;
    default:
      applyToResource(state, change, now);
  }
}

/** Changes a lease whose time begins anew: now, or at the end of a person's turn. */
export function beginTerm(state: OwnedState, key: string, change: Partial<Lease>, now: Instant): void {
  const lease = { ...leaseAt(state, key), ...change };
  const turnMs = termStart(lease, now.monotonicMs) - now.monotonicMs;
  changeLease(state, key, { ...change, ...lasting(turnMs + termOf(state, lease), now) });
}

/** When the time begins that a lease is given now: at once, or at the end of a person's turn. */
export function termStart({ control }: Pick<Lease, 'control'>, nowMs: number): number {
  return control?.by === 'human' ? control.deadlineMs : nowMs;
}

/** How long a lease lasts if nothing happens, in ms. */
export function termOf({ limits }: OwnedState, { preparing, ttlMs }: Term): number {
  return preparing === true ? limits.prepareMs : ttlMs;
}

/** Replaces parts of a lease, among them its deadlines, which change without an event. */
export function changeLease(state: OwnedState, key: string, change: Partial<Lease>): void {
  const cell = state.resources.cell(key);
  cell.lease = { ...leaseIn(cell), ...change };
  state.resources.deadlines.report(cell);
}

/** The lease on this resource, which must have one. */
export function leaseAt(state: OwnedState, key: string): Lease {
  return leaseIn(state.resources.cell(key));
}

function leaseIn({ lease, value }: ResourceCell): Lease {
  if (lease === undefined) throw new Error(`Invariant broken: no lease on ${value.key}.`);
  return lease;
}

/** Gives a resource its lease, which lasts its full time from `nowMs`. */
export function addLease(state: OwnedState, recorded: RecordedLease, nowMs: number): void {
  const { key, fence, scope, claims = noClaims } = recorded;
  state.fence = fence;
  const cell = state.resources.cell(key);
  state.leases.add(cell, liveLease(recorded, nowMs + termOf(state, recorded)));
  count(state, scope, 1);
  changeResource(state, cell, { state: 'leased', fence, claims });
}

/** A person has as long as the limit allows, and the holder a full TTL after that. */
function takeOver(state: OwnedState, { key, control }: Take, nowMs: number): void {
  const lease = leaseAt(state, key);
  const { controlMs } = state.limits;
  const deadlineMs = Math.max(lease.deadlineMs, nowMs + controlMs + termOf(state, lease));
  const expiresAt = control.since + (deadlineMs - nowMs);
  changeLease(state, key, { control: { ...control, deadlineMs: nowMs + controlMs }, deadlineMs, expiresAt });
}

/** As many are kept as the limit allows; the first that were answered make room. */
function addAsk(state: OwnedState, { key, ask, timeoutMs }: AskMade, nowMs: number): void {
  const { asks } = leaseAt(state, key);
  const spare =
    asks.length < state.limits.asksMax ? undefined : asks.find(({ answer }) => answer !== undefined);
  const kept = asks.filter((one) => one !== spare);
  changeLease(state, key, { asks: [...kept, { ...ask, timeoutMs, deadlineMs: nowMs + timeoutMs }] });
}

function approve(state: OwnedState, requestId: string): void {
  const cell = state.waiters.cell(requestId);
  const { value: waiter } = cell;
  if (waiter.approval === undefined) throw new Error(`Invariant broken: nobody asked about ${requestId}.`);
  const approved = { ...waiter, approval: { ...waiter.approval, isGiven: true } };
  state.waiters.replace(cell, approved);
  joinQueue(state, approved);
}

function resetAfter(state: OwnedState, cell: ResourceCell, change: LeaseEnded, at: Instant): void {
  const { resetFence } = change;
  endLease(state, cell, change, at.wallMs);
  state.fence = resetFence;
  const exitAtMs = at.monotonicMs + state.limits.resetMs;
  changeResource(state, cell, { state: 'resetting', fence: resetFence, recovering: false, exitAtMs });
}

type End = Pick<EndedLease, 'how' | 'renewedAt'>;

function endLease(state: OwnedState, cell: ResourceCell, end: End, endedAt: number): void {
  const { how, renewedAt } = end;
  const lease = leaseIn(cell);
  const { key, fence, tokenDigest, scope, acquiredAt } = lease;
  state.leases.delete(cell, lease);
  state.ended.set(tokenDigest, { key, fence, holder: scope.holder, how, acquiredAt, renewedAt, endedAt });
  const heldMs = Math.min(Math.max(0, endedAt - acquiredAt), state.limits.ttlMaxMs);
  state.typicalHoldMs += (heldMs - state.typicalHoldMs) / 8;
  count(state, scope, -1);
}

/** Gives a waiter its place in the order of arrival and in its queue. */
export function addWaiter(state: OwnedState, recorded: RecordedWaiter, now: Instant): void {
  const { claims = noClaims, prepare = false, approval } = recorded;
  const bytes = jsonBytes(recorded);
  // With every field that a waiter has, because an object that gets more of them later is slow.
  const untimed = { ...recorded, claims, prepare, approval, absent: false, bytes, deadlineMs: 0 };
  const waiter = timedAnew(untimed, now, state.limits);
  state.arrivals = waiter.arrival;
  state.waiters.add(waiter.requestId, new WaiterCell(waiter));
  state.waitersBytes += waiter.bytes;
  count(state, waiter.scope, 1);
  joinQueue(state, waiter);
}

/** A waiter with its full time from now, and so has whoever must approve it. */
export function timedAnew(
  waiter: Omit<Waiter, 'approval'> & Pick<RecordedWaiter, 'approval'>,
  now: Instant,
  { approvalMs }: Limits,
): Waiter {
  const { waitTimeoutMs, approval } = waiter;
  const again = approval && { ...approval, ...lasting(Math.min(waitTimeoutMs, approvalMs), now) };
  return { ...waiter, deadlineMs: now.monotonicMs + waitTimeoutMs, approval: again };
}

function removeWaiter(state: OwnedState, requestId: string): void {
  const { value: waiter } = state.waiters.cell(requestId);
  state.waiters.delete(requestId);
  state.waitersBytes -= waiter.bytes;
  leaveQueue(state, waiter);
  count(state, waiter.scope, -1);
}
