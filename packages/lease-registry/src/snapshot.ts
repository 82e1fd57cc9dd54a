import type { Asset } from './asset.js';
import type { Entries } from './bounded-memory.js';
import type { EndedLease } from './lease.js';
import {
  type RecordedLease,
  type RecordedOffer,
  type RecordedResource,
  type RecordedWaiter,
  recordLease,
  recordWaiter,
  without,
} from './recorded.js';
import type { Answer, OwnedState } from './state.js';

/** An offer; earlier versions left out what it was made for. */
type SnapshotOffer = Omit<RecordedOffer, 'ttlMs'> & Partial<Pick<RecordedOffer, 'ttlMs'>>;

/** The format of the snapshots that this version writes. */
export const snapshotFormat = 3;

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
  readonly offers: readonly { readonly key: string; readonly offer: SnapshotOffer }[];
  readonly waiters: readonly RecordedWaiter[];
  /** Absent in formats before the third. */
  readonly assets?: readonly Asset[];
  /** The older half of each memory first. */
  readonly ended: readonly [Entries<EndedLease>, Entries<EndedLease>];
  readonly answers: readonly [Entries<Answer>, Entries<Answer>];
}

/** A snapshot of the state, which replaces the events that led to it. */
export function snapshotOf(state: OwnedState): Snapshot {
  const { revision, fence, arrivals, typicalHoldMs } = state;
  const leases = state.leases.values();
  return {
    format: snapshotFormat,
    revision,
    fence,
    arrivals,
    typicalHoldMs,
    resources: Array.from(state.resources.values(), (resource) => without(resource, 'exitAtMs', 'upSinceMs')),
    leases: leases.map(recordLease),
    offers: leases.flatMap(({ key, offer }) => (offer ? [{ key, offer: without(offer, 'deadlineMs') }] : [])),
    waiters: Array.from(state.waiters.values(), recordWaiter),
    assets: [...state.assets.values()],
    ended: state.ended.generations,
    answers: state.answers.generations,
  };
}
