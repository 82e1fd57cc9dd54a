import type { LeaseScope } from '@escarp/contract';
import type { Asset, Claim, HeldClaim } from './asset.js';
import { BoundedMemory } from './bounded-memory.js';
import type { RequestContent } from './command.js';
import { Deadlines } from './deadlines.js';
import type { JsonRecord } from './json.js';
import type { EndedLease, Lease } from './lease-record.js';
import { answerBytes, endedBytes } from './kept-bytes.js';
import { LeaseTable } from './lease-table.js';
import type { Limits } from './limits.js';
import { RankedQueue } from './ranked-queue.js';
import type { Reply } from './reply.js';
import type { Labels, ResourceSelector } from './selector.js';

export type * from './lease-record.js';

/** Only `free` can be granted. Every other state ends by itself after some time, except a healthy `leased`. */
export type ResourceState = 'starting' | 'free' | 'leased' | 'resetting' | 'quarantined';

/** A thing that is leased: a key, labels to select it by, and attributes that only its users understand. */
export interface Resource {
  readonly key: string;
  readonly labels: Labels;
  readonly attributes: JsonRecord;
  readonly state: ResourceState;
  /** Whether it is removed as soon as it is free. */
  readonly draining: boolean;
  /** Rises whenever the resource is granted, handed over, started or reset; completions must carry it. */
  readonly fence: number;
  /** Place in the order in which resources were added; the first free one is granted. */
  readonly order: number;
  /** Failures in a row. */
  readonly failures: number;
  readonly lastError: string | undefined;
  /** When it last came back while leased, in epoch milliseconds. */
  readonly restartedAt: number | undefined;
  /** Whether a leased resource is being restarted for its holder. */
  readonly recovering: boolean;
  /** Monotonic time at which the current state ends by itself; Infinity if it does not. */
  readonly exitAtMs: number;
  /** Monotonic time since which it has been up. */
  readonly upSinceMs: number;
  /** What its holder claims, and still does while it is reset: until then the last one's work may go on. */
  readonly claims: readonly HeldClaim[];
}

/** A request in the queue. */
export interface Waiter {
  readonly requestId: string;
  readonly leaseId: string;
  readonly tokenDigest: string;
  readonly scope: LeaseScope;
  readonly selector: ResourceSelector;
  readonly attributes: JsonRecord;
  readonly ttlMs: number;
  /** The content to compare a repeated request with; absent if nobody can repeat it. */
  readonly request?: RequestContent;
  /** Epoch milliseconds. */
  readonly queuedAt: number;
  /** How long it waits from then, in milliseconds. */
  readonly waitTimeoutMs: number;
  /** Place in the order of arrival. */
  readonly arrival: number;
  /** What it takes of the limit on all waiters. */
  readonly bytes: number;
  /** Monotonic, fixed on arrival. */
  readonly deadlineMs: number;
  /** Restored from the journal; it keeps its place, but is granted nothing until its client has come back. */
  readonly absent: boolean;
  readonly claims: readonly Claim[];
  /** Whether the lease begins by being prepared. */
  readonly prepare: boolean;
  /** Present if a person must agree first. It is granted nothing until then, but keeps its place. */
  readonly approval: Approval | undefined;
}

/** A person's agreement to one request. */
export interface Approval {
  readonly id: string;
  readonly isGiven: boolean;
  /** When it is too late to give it, in epoch milliseconds. */
  readonly expiresAt: number;
  /** The same on the monotonic clock. */
  readonly deadlineMs: number;
}

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
  readonly resources: Map<string, Resource>;
  /** The free resources, in that order. */
  readonly free: RankedQueue<Resource>;
  readonly leases: LeaseTable;
  /** Open offers: resource key by code digest. */
  readonly offers: Map<string, string>;
  /** By token digest. */
  readonly ended: BoundedMemory<EndedLease>;
  /** By request id, in the order of arrival. */
  readonly waiters: Map<string, Waiter>;
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
  /** By resource key: the earliest end of its state, its lease or its offer. */
  readonly resourceDeadlines: Deadlines;
  /** By request id. */
  readonly waiterDeadlines: Deadlines;
}

/** A read-only view of the state. */
export type RegistryState = { readonly [Name in keyof OwnedState]: ReadOnly<OwnedState[Name]> };

type ReadOnly<T> =
  T extends Map<infer K, infer V> ? ReadonlyMap<K, V> : T extends { delete: unknown } ? Omit<T, Change> : T;

type Change = 'add' | 'set' | 'delete' | 'restore' | 'report' | 'takeDue';

/** The state of an empty registry. */
export function emptyState(limits: Limits): OwnedState {
  const resources = new Map<string, Resource>();
  const leases = new LeaseTable();
  const waiters = new Map<string, Waiter>();
  return {
    limits,
    revision: 0,
    fence: 0,
    arrivals: 0,
    typicalHoldMs: limits.ttlMs,
    resources,
    free: new RankedQueue((resource) => resource.order),
    leases,
    offers: new Map(),
    ended: new BoundedMemory(limits.memory, limits.endedBytes, endedBytes),
    waiters,
    waitersBytes: 0,
    queues: new Map(),
    selectiveQueues: new Map(),
    assets: new Map(),
    answers: new BoundedMemory(limits.memory, limits.answersBytes, answerBytes),
    holdings: new Map(),
    resourceDeadlines: new Deadlines((key) => deadlineOf(resources.get(key), leases.get(key))),
    waiterDeadlines: new Deadlines((requestId) => waiterDeadline(waiters.get(requestId))),
  };
}

/** The monotonic time, in ms, at which the next deadline is due; Infinity if there is none. */
export function nextWakeAt({ resourceDeadlines, waiterDeadlines }: OwnedState): number {
  return Math.min(resourceDeadlines.min, waiterDeadlines.min);
}

/** The monotonic time, in ms, of a resource's next deadline; Infinity if it has none. */
export function deadlineOf(resource: Resource | undefined, lease: Lease | undefined): number {
  const exitAtMs = resource?.exitAtMs ?? Infinity;
  return lease === undefined ? exitAtMs : Math.min(exitAtMs, leaseDeadline(lease));
}

/** The monotonic time, in ms, at which the next thing about a lease ends: its offer, an ask, a person's turn, itself. */
export function leaseDeadline({ deadlineMs, offer, control, asks }: Lease): number {
  let next = deadlineMs;
  if (offer !== undefined) next = Math.min(next, offer.deadlineMs);
  if (control?.by === 'human') next = Math.min(next, control.deadlineMs);
  for (const ask of asks) if (ask.answer === undefined) next = Math.min(next, ask.deadlineMs);
  return next;
}

/** The monotonic time, in ms, at which a waiter's time is over, or that of whoever must approve it. */
export function waiterDeadline(waiter: Waiter | undefined): number {
  if (waiter === undefined) return Infinity;
  const { deadlineMs, approval } = waiter;
  return approval === undefined || approval.isGiven ? deadlineMs : Math.min(deadlineMs, approval.deadlineMs);
}
