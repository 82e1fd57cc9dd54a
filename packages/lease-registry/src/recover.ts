import { apply } from './apply.js';
import { changeResource } from './apply-to-resource.js';
import type { BoundedMemory } from './bounded-memory.js';
import type { Effect } from './effect.js';
import type { RegistryEvent } from './event.js';
import type { Instant } from './instant.js';
import { leaveLine } from './line.js';
import { liveLease } from './lease.js';
import { type Limits, quarantineFor } from './limits.js';
import type { PersistentMap } from './persistent-map.js';
import { count } from './quota.js';
import type { Entries, RecordedResource, Snapshot } from './snapshot.js';
import type { Lease, RegistryState, Resource, Waiter } from './state.js';
import { emptyState } from './state.js';
import { joinLine } from './line.js';
import type { Draft } from './turn.js';
import { draftOf } from './turn.js';
import { Edit } from './versioned.js';

/**
 * The state after a restart: the snapshot, and the events after it folded in. Losses are counted anew. Every live lease gets one fresh TTL
 * from `now`; every waiter keeps its place and its deadline, and is absent until its client comes back. Events the
 * snapshot or an earlier event already tells of are passed over; throws when one is missing.
 */
export function recover(
  limits: Limits,
  snapshot: Snapshot | undefined,
  events: Iterable<RegistryEvent>,
  now: Instant,
): RegistryState {
  const edit = new Edit();
  const draft = draftOf(emptyState(limits));
  if (snapshot !== undefined) restore(draft, snapshot, now, edit);
  for (const event of events) {
    if (event.revision <= draft.revision) continue;
    if (event.revision > draft.revision + 1) throw new Error(`Revision ${draft.revision + 1} is missing.`);
    apply(draft, event, now.monotonicMs, edit);
  }
  for (const resource of draft.resources.values()) beginNewRow(draft, resource, now, edit);
  for (const lease of draft.leases.values()) resumeLease(draft, lease, now, edit);
  for (const waiter of draft.waiters.values()) resumeWaiter(draft, waiter, now, edit);
  return draft;
}

/** The work that was under way, or not yet begun, when the journal ended. */
export function unfinished(state: RegistryState): Effect[] {
  return state.resources.values().flatMap((resource): Effect[] => {
    const { key, fence, mending } = resource;
    if (resource.state === 'starting' || mending) return [{ type: 'start', key, fence, leased: mending }];
    return resource.state === 'resetting' ? [{ type: 'reset', key, fence }] : [];
  });
}

function restore(draft: Draft, snapshot: Snapshot, now: Instant, edit: Edit): void {
  const { revision, fence, arrivals, typicalHoldMs } = snapshot;
  Object.assign(draft, { revision, fence, arrivals, typicalHoldMs });
  for (const recorded of snapshot.resources) {
    const resource: Resource = {
      ...recorded,
      upSinceMs: now.monotonicMs,
      exitAtMs: exitFor(draft.limits, recorded, now),
    };
    draft.resources = draft.resources.set(resource.key, resource, edit);
    if (resource.state === 'free') draft.free = draft.free.set(resource.key, resource, edit);
  }
  for (const recorded of snapshot.leases) {
    const lease = liveLease(recorded, now.monotonicMs + recorded.ttlMs);
    draft.leases = draft.leases.set(lease, edit);
    count(draft, lease.scope, 1, edit);
  }
  for (const { key, offer } of snapshot.offers) {
    const lease = draft.leases.get(key)!;
    const withOffer = { ...lease, offer: { ...offer, deadlineMs: now.monotonicMs + draft.limits.ttlMaxMs } };
    draft.leases = draft.leases.set(withOffer, edit);
    draft.offers = draft.offers.set(offer.codeDigest, key, edit);
  }
  for (const recorded of snapshot.waiters) {
    const waiter: Waiter = { ...recorded, deadlineMs: now.monotonicMs, absent: false };
    draft.waiters = draft.waiters.set(waiter.requestId, waiter, edit);
    joinLine(draft, waiter, edit);
    count(draft, waiter.scope, 1, edit);
  }
  draft.ended = restoreMemory(draft.ended, snapshot.ended, edit);
  draft.answers = restoreMemory(draft.answers, snapshot.answers, edit);
}

function exitFor(limits: Limits, { state, mending, failures }: RecordedResource, now: Instant): number {
  if (mending || state === 'starting') return now.monotonicMs + limits.startMs;
  if (state === 'resetting') return now.monotonicMs + limits.resetMs;
  return state === 'quarantined' ? now.monotonicMs + quarantineFor(limits, failures) : Infinity;
}

/**
 * A loss after a restart is the first of a new row, whatever was lost before: as if the resource had been up for ever. A
 * quarantine is over after its first pause, because the restart may have been for its sake.
 */
function beginNewRow(draft: Draft, { key, state }: Resource, now: Instant, edit: Edit): void {
  const exit = state === 'quarantined' ? { exitAtMs: now.monotonicMs + quarantineFor(draft.limits, 1) } : {};
  changeResource(draft, key, edit, { upSinceMs: -Infinity, ...exit });
}

function resumeLease(draft: Draft, lease: Lease, now: Instant, edit: Edit): void {
  const { monotonicMs, wallMs } = now;
  const { ttlMs, offer } = lease;
  const resumed = { ...lease, deadlineMs: monotonicMs + ttlMs, expiresAt: wallMs + ttlMs, graced: false };
  const stillOffered = offer && {
    offer: {
      ...offer,
      deadlineMs: Math.min(offer.deadlineMs, monotonicMs + remaining(offer.expiresAt, now)),
    },
  };
  draft.leases = draft.leases.set({ ...resumed, ...stillOffered }, edit);
}

function resumeWaiter(draft: Draft, waiter: Waiter, now: Instant, edit: Edit): void {
  leaveLine(draft, waiter, edit);
  const patienceMs = Math.min(waiter.patienceMs, remaining(waiter.queuedAt + waiter.patienceMs, now));
  const deadlineMs = now.monotonicMs + patienceMs;
  draft.waiters = draft.waiters.set(waiter.requestId, { ...waiter, deadlineMs, absent: true }, edit);
}

/** Only the wall clock spans two processes. It can be wrong, which is why callers bound what it says. */
function remaining(wallMs: number, now: Instant): number {
  return Math.max(0, wallMs - now.wallMs);
}

function restoreMemory<V>(
  { capacity, old, young }: BoundedMemory<V>,
  [olds, youngs]: readonly [Entries<V>, Entries<V>],
  edit: Edit,
): BoundedMemory<V> {
  return { capacity, old: restoreMap(old, olds, edit), young: restoreMap(young, youngs, edit) };
}

function restoreMap<V>(empty: PersistentMap<V>, entries: Entries<V>, edit: Edit): PersistentMap<V> {
  let map = empty;
  for (const [key, value] of entries) map = map.set(key, value, edit);
  return map;
}
