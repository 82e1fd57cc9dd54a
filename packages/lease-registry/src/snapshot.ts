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

/** The state in short, to be kept in place of the events that led to it. */
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

// Field by field, so that whatever is added to a state is thought of here.

function recordResource(resource: Resource): RecordedResource {
  return {
    key: resource.key,
    labels: resource.labels,
    attributes: resource.attributes,
    state: resource.state,
    draining: resource.draining,
    fence: resource.fence,
    order: resource.order,
    failures: resource.failures,
    lastError: resource.lastError,
    restartedAt: resource.restartedAt,
    mending: resource.mending,
  };
}

function recordLease(lease: Lease): RecordedLease {
  return {
    id: lease.id,
    key: lease.key,
    tokenDigest: lease.tokenDigest,
    scope: lease.scope,
    attributes: lease.attributes,
    fence: lease.fence,
    ttlMs: lease.ttlMs,
    acquiredAt: lease.acquiredAt,
    renewedAt: lease.renewedAt,
    expiresAt: lease.expiresAt,
  };
}

function recordOffer({ key, offer }: Lease): Snapshot['offers'] {
  if (offer === undefined) return [];
  const { to, codeDigest, expiresAt } = offer;
  return [{ key, offer: { to, codeDigest, expiresAt } }];
}

function recordWaiter(waiter: Waiter): RecordedWaiter {
  return {
    requestId: waiter.requestId,
    leaseId: waiter.leaseId,
    tokenDigest: waiter.tokenDigest,
    scope: waiter.scope,
    selector: waiter.selector,
    attributes: waiter.attributes,
    ttlMs: waiter.ttlMs,
    ...(waiter.request === undefined ? {} : { request: waiter.request }),
    queuedAt: waiter.queuedAt,
    patienceMs: waiter.patienceMs,
    arrival: waiter.arrival,
  };
}

function recordMemory<V>({ old, young }: BoundedMemory<V>): [Entries<V>, Entries<V>] {
  return [old.entries(), young.entries()];
}
