import type { BoundedMemory } from './bounded-memory.js';
import type { RecordedLease, RecordedOffer, RecordedWaiter } from './event.js';
import type { Answer, EndedLease, Lease, RegistryState, Resource, Waiter } from './state.js';

export type RecordedResource = Omit<Resource, 'exitAtMs' | 'upSinceMs'>;
export type Entries<V> = readonly (readonly [string, V])[];

/** A state without its monotonic times, as JSON. With the events after `revision` it gives the state again. */
export interface Snapshot {
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

export function snapshotOf(state: RegistryState): Snapshot {
  const leases = state.leases.values();
  return {
    revision: state.revision,
    fence: state.fence,
    arrivals: state.arrivals,
    typicalHoldMs: state.typicalHoldMs,
    resources: state.resources.values().map(recordResource),
    leases: leases.map(recordLease),
    offers: leases.flatMap(recordOffer),
    waiters: state.waiters.values().map(recordWaiter),
    ended: recordMemory(state.ended),
    answers: recordMemory(state.answers),
  };
}

function recordResource({ exitAtMs: _, upSinceMs: __, ...recorded }: Resource): RecordedResource {
  return recorded;
}

function recordLease({ deadlineMs: _, graced: __, offer: ___, ...recorded }: Lease): RecordedLease {
  return recorded;
}

function recordOffer({ key, offer }: Lease): Snapshot['offers'] {
  if (offer === undefined) return [];
  const { deadlineMs: _, ...recorded } = offer;
  return [{ key, offer: recorded }];
}

function recordWaiter({ deadlineMs: _, absent: __, ...recorded }: Waiter): RecordedWaiter {
  return recorded;
}

function recordMemory<V>({ old, young }: BoundedMemory<V>): [Entries<V>, Entries<V>] {
  return [old.entries(), young.entries()];
}
