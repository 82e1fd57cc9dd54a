import type { BoundedMemory } from './bounded-memory.js';
import type { RecordedLease, RecordedOffer, RecordedWaiter } from './event.js';
import type { Answer, EndedLease, Lease, OwnedState, Resource, Waiter } from './state.js';

export type RecordedResource = Omit<Resource, 'exitAtMs' | 'upSinceMs'>;
export type Entries<V> = readonly (readonly [string, V])[];

/** The format of the snapshots that this version writes. */
export const snapshotFormat = 2;

/** A state as JSON, without its monotonic times. Together with the events after `revision` it restores the state. */
export interface Snapshot {
  /** The version of its field names; absent in the first one. */
  readonly format?: number;
  readonly revision: number;
  readonly fence: number;
  readonly arrivals: number;
  readonly typicalHoldMs: number;
  readonly resources: readonly RecordedResource[];
  readonly leases: readonly RecordedLease[];
  readonly offers: readonly { readonly key: string; readonly offer: Omit<RecordedOffer, 'ttlMs'> }[];
  readonly waiters: readonly RecordedWaiter[];
  /** The older half of each memory first. */
  readonly ended: readonly [Entries<EndedLease>, Entries<EndedLease>];
  readonly answers: readonly [Entries<Answer>, Entries<Answer>];
}

/** A snapshot of the state, which replaces the events that led to it. */
export function snapshotOf(state: OwnedState): Snapshot {
  const leases = state.leases.values();
  return {
    format: snapshotFormat,
    revision: state.revision,
    fence: state.fence,
    arrivals: state.arrivals,
    typicalHoldMs: state.typicalHoldMs,
    resources: [...state.resources.values()].map(recordResource),
    leases: leases.map(recordLease),
    offers: leases.flatMap(recordOffer),
    waiters: [...state.waiters.values()].map(recordWaiter),
    ended: recordMemory(state.ended),
    answers: recordMemory(state.answers),
  };
}

function recordResource(resource: Resource): RecordedResource {
  const { exitAtMs: _, upSinceMs: __, ...recorded } = resource;
  return recorded;
}

function recordLease(lease: Lease): RecordedLease {
  const { deadlineMs: _, graced: __, offer: ___, ...recorded } = lease;
  return recorded;
}

function recordOffer({ key, offer }: Lease): Snapshot['offers'] {
  if (offer === undefined) return [];
  const { deadlineMs: _, ...recorded } = offer;
  return [{ key, offer: recorded }];
}

function recordWaiter(waiter: Waiter): RecordedWaiter {
  const { deadlineMs: _, absent: __, bytes: ___, ...recorded } = waiter;
  return recorded;
}

function recordMemory<V>({ generations: [old, young] }: BoundedMemory<V>): [Entries<V>, Entries<V>] {
  return [[...old], [...young]];
}
