import { addLease, addWaiter, apply, beginTerm, changeLease, timedAnew } from './apply.js';
import { noClaims } from './asset.js';
import { changeResource } from './apply-to-resource.js';
import type { Effect } from './effect.js';
import type { RegistryEvent } from './event.js';
import { type Instant, lasting } from './instant.js';
import type { Limits } from './limits.js';
import { currentEvent, currentSnapshot } from './migrate.js';
import type { RecordedResource } from './recorded.js';
import type { Snapshot } from './snapshot.js';
import { type Resource, ResourceCell, timeFor } from './resource.js';
import { emptyState, type Lease, type OwnedState, type RegistryState, type Waiter } from './state.js';
import { leaveQueue } from './queue.js';

/**
 * The state after a restart: the snapshot, and the events after it folded in. Losses are counted anew. Whatever ends at a
 * time has its full time again from `now`, because no clock tells how much of it is over: a lease, its offer, its requests
 * for a person and a person's turn. So has every waiter, and whoever must approve it; a waiter keeps its position and is
 * absent until its client comes back. Events that the snapshot or an earlier event already covers are skipped.
 *
 * @throws Error if an event is missing, or if a newer version wrote the snapshot.
 */
export function recover(
  limits: Limits,
  snapshot: Snapshot | undefined,
  events: Iterable<RegistryEvent>,
  now: Instant,
): OwnedState {
  const state = emptyState(limits);
  if (snapshot !== undefined) restore(state, currentSnapshot(snapshot), now);
  for (const event of events) {
    if (event.revision <= state.revision) continue;
    if (event.revision > state.revision + 1) throw new Error(`Revision ${state.revision + 1} is missing.`);
    apply(state, currentEvent(event), now.monotonicMs);
  }
  for (const resource of state.resources.values()) resumeResource(state, resource, now);
  for (const lease of state.leases.values()) resumeLease(state, lease, now);
  for (const waiter of state.waiters.values()) resumeWaiter(state, waiter, now);
  return state;
}

/** The effects that were in progress, or not yet started, when the journal ended. */
export function unfinished(state: RegistryState): Effect[] {
  return [...state.resources.values()].flatMap((resource): Effect[] => {
    const { key, fence, recovering, claims } = resource;
    if (resource.state === 'starting' || recovering)
      return [{ type: 'start', key, fence, leased: recovering }];
    return resource.state === 'resetting' ? [{ type: 'reset', key, fence, claims }] : [];
  });
}

function restore(state: OwnedState, snapshot: Snapshot, now: Instant): void {
  for (const recorded of snapshot.resources) restoreResource(state, recorded);
  for (const recorded of snapshot.leases) addLease(state, recorded, now.monotonicMs);
  for (const { key, offer } of snapshot.offers) {
    const { ttlMs = state.limits.ttlMs } = offer;
    changeLease(state, key, { offer: { ...offer, ttlMs, deadlineMs: now.monotonicMs + ttlMs } });
  }
  for (const asset of snapshot.assets ?? []) state.assets.set(asset.name, asset);
  for (const recorded of snapshot.waiters) addWaiter(state, recorded, now);
  state.ended.restore(...snapshot.ended);
  state.answers.restore(...snapshot.answers);
  const { revision, fence, arrivals, typicalHoldMs } = snapshot;
  Object.assign(state, { revision, fence, arrivals, typicalHoldMs });
}

function restoreResource(state: OwnedState, recorded: RecordedResource): void {
  const { claims = noClaims } = recorded;
  const resource = { ...recorded, claims, upSinceMs: -Infinity, exitAtMs: Infinity };
  state.resources.add(resource.key, new ResourceCell(resource));
  if (resource.state === 'free') state.free.add(resource);
}

/**
 * Failures before a restart do not count, as if the resource had always been up. A quarantine gets only its first delay,
 * because the restart may have been meant to fix its cause.
 */
function resumeResource(state: OwnedState, resource: Resource, now: Instant): void {
  const exitAtMs = now.monotonicMs + timeFor(resource, state.limits);
  changeResource(state, state.resources.cell(resource.key), { upSinceMs: -Infinity, exitAtMs });
}

function resumeLease(state: OwnedState, lease: Lease, now: Instant): void {
  const { key, offer, asks, control } = lease;
  const { controlMs } = state.limits;
  const again = {
    graced: false,
    control: control?.by === 'human' ? { ...control, ...lasting(controlMs, now) } : control,
    offer: offer && { ...offer, ...lasting(offer.ttlMs, now) },
    asks: asks.map((ask) => (ask.answer === undefined ? { ...ask, ...lasting(ask.timeoutMs, now) } : ask)),
  };
  beginTerm(state, key, again, now);
}

function resumeWaiter(state: OwnedState, waiter: Waiter, now: Instant): void {
  leaveQueue(state, waiter);
  const absent = timedAnew({ ...waiter, absent: true }, now, state.limits);
  state.waiters.replace(state.waiters.cell(waiter.requestId), absent);
}
