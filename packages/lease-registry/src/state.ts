import type { Asset, Claim } from './asset.js';
import { BoundedMemory } from './bounded-memory.js';
import type { RequestContent } from './command.js';
import type { EndedLease } from './lease.js';
import { answerBytes, endedBytes } from './kept-bytes.js';
import { LeaseTable } from './lease-table.js';
import type { Limits } from './limits.js';
import { RankedQueue } from './ranked-queue.js';
import type { Reply } from './reply.js';
import type { Resource, ResourceCell } from './resource.js';
import type { ResourceSelector } from './selector.js';
import { TimedMap } from './timed-map.js';
import type { Waiter, WaiterCell } from './waiter.js';

export type * from './lease.js';
export type { Resource, ResourceState } from './resource.js';
export type { Approval, Waiter } from './waiter.js';

/** Requests for the same resources and assets, first come, first served. */
export interface WaitQueue {
  readonly selector: ResourceSelector;
  readonly claims: readonly Claim[];
  readonly waiters: RankedQueue<Waiter>;
}

/** The request that was made under a request id, and its answer. */
export interface Answer {
  readonly request: RequestContent;
  readonly reply: Reply;
}

/**
 * The whole state of a registry. It has one owner, and `step` changes it in place. Resources, leases, waiters and answers
 * are immutable values.
 */
export interface OwnedState {
  readonly limits: Limits;
  /** The revision of the last event. */
  revision: number;
  /** The last fence that was issued. */
  fence: number;
  /** The last place in the order of arrival, for resources and waiters alike. */
  arrivals: number;
  /** A moving average of how long leases are held, in ms, for estimates. */
  typicalHoldMs: number;
  /** By key, in the order in which they were added. */
  readonly resources: TimedMap<Resource, ResourceCell>;
  /** The free resources, in that order. */
  readonly free: RankedQueue<Resource>;
  readonly leases: LeaseTable;
  /** By token digest. */
  readonly ended: BoundedMemory<EndedLease>;
  /** By request id, in the order of arrival. */
  readonly waiters: TimedMap<Waiter, WaiterCell>;
  /** Of all waiters together. */
  waitersBytes: number;
  /** Waiters that are present, by what they wait for: any resource, or one key. */
  readonly queues: Map<string, WaitQueue>;
  /** The same for waiters that select by labels or claim assets; kept apart because each may match a freed resource. */
  readonly selectiveQueues: Map<string, WaitQueue>;
  /** By name, in the order in which they were added. */
  readonly assets: Map<string, Asset>;
  /** By request id. */
  readonly answers: BoundedMemory<Answer>;
  /** Numbers of leases and waiters, by holder and by tenant, as far as a quota needs them. */
  readonly holdings: Map<string, number>;
}

/** A read-only view of the state. */
export type RegistryState = { readonly [Name in keyof OwnedState]: ReadOnly<OwnedState[Name]> };

type ReadOnly<T> =
  T extends Map<infer K, infer V> ? ReadonlyMap<K, V> : T extends { delete: unknown } ? Omit<T, Change> : T;

type Change = 'add' | 'set' | 'replace' | 'delete' | 'restore' | 'cell' | 'findCell' | 'deadlines';

/** The state of an empty registry. */
export function emptyState(limits: Limits): OwnedState {
  const resources = new TimedMap<Resource, ResourceCell>();
  return {
    limits,
    revision: 0,
    fence: 0,
    arrivals: 0,
    typicalHoldMs: limits.ttlMs,
    resources,
    free: new RankedQueue((resource) => resource.order),
    leases: new LeaseTable(resources),
    ended: new BoundedMemory(limits.memory, limits.endedBytes, endedBytes),
    waiters: new TimedMap(),
    waitersBytes: 0,
    queues: new Map(),
    selectiveQueues: new Map(),
    assets: new Map(),
    answers: new BoundedMemory(limits.memory, limits.answersBytes, answerBytes),
    holdings: new Map(),
  };
}

/** The monotonic time, in ms, at which the next deadline is due; Infinity if there is none. */
export function nextWakeAt({ resources, waiters }: OwnedState): number {
  return Math.min(resources.deadlines.min, waiters.deadlines.min);
}
