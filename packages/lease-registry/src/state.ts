import type { LeaseScope } from '@escarp/contract';
import { BoundedMemory } from './bounded-memory.js';
import type { RequestContent } from './command.js';
import { Deadlines } from './deadlines.js';
import type { JsonRecord } from './json.js';
import { answerBytes, endedBytes } from './kept-bytes.js';
import { LeaseTable } from './lease-table.js';
import type { Limits } from './limits.js';
import { RankedQueue } from './ranked-queue.js';
import type { Reply } from './reply.js';
import type { Labels, ResourceSelector } from './selector.js';

/** Only `free` can be granted; every other state but a healthy `leased` ends by itself in time. */
export type ResourceState = 'starting' | 'free' | 'leased' | 'resetting' | 'quarantined';

/** The thing leased: a key, labels to select by, and a record that only its users understand. */
export interface Resource {
  readonly key: string;
  readonly labels: Labels;
  readonly attributes: JsonRecord;
  readonly state: ResourceState;
  /** Turns the next `free` into removal. */
  readonly draining: boolean;
  /** Rises whenever the resource changes hands or is started or reset; completions must carry it. */
  readonly fence: number;
  /** The order in which resources were added; of several free ones the first is granted. */
  readonly order: number;
  /** Failures in a row. */
  readonly failures: number;
  readonly lastError: string | undefined;
  /** Wall clock of the last time it came back while leased. */
  readonly restartedAt: number | undefined;
  /** Whether a leased resource is being brought back to life under its holder. */
  readonly recovering: boolean;
  /** Monotonic time at which the present state ends by itself; Infinity for free and for leased and healthy. */
  readonly exitAtMs: number;
  /** Monotonic time since which it has been up. */
  readonly upSinceMs: number;
}

/** The right of one holder to one resource until its deadline. */
export interface Lease {
  /** Public name of the lease. */
  readonly id: string;
  readonly key: string;
  /** Digest of the secret its holder proves itself with; the secret itself never comes here. */
  readonly tokenDigest: string;
  readonly scope: LeaseScope;
  /** Whatever the holder asked to have kept with the lease. */
  readonly attributes: JsonRecord;
  /** Strictly greater at every grant, across restarts. */
  readonly fence: number;
  readonly ttlMs: number;
  /** Wall clock, for display. */
  readonly acquiredAt: number;
  readonly renewedAt: number;
  readonly expiresAt: number;
  /** Monotonic. */
  readonly deadlineMs: number;
  /** Whether the one grace since the last renewal has been used. */
  readonly graced: boolean;
  readonly offer: Offer | undefined;
}

/** A handoff that waits to be accepted. */
export interface Offer {
  /** The holder it is meant for. */
  readonly to: string;
  /** Digest of the single-use code. */
  readonly codeDigest: string;
  /** Wall clock, for display. */
  readonly expiresAt: number;
  /** Monotonic. */
  readonly deadlineMs: number;
}

/** How a lease ended. */
export type EndReason = 'released' | 'expired' | 'revoked' | 'retracted' | 'handed_over' | 'resource_lost';

/** What is remembered of a lease that has ended. */
export interface EndedLease {
  readonly key: string;
  readonly fence: number;
  readonly holder: string;
  readonly how: EndReason;
  /** Wall clock, as all three. */
  readonly acquiredAt: number;
  readonly renewedAt: number;
  readonly endedAt: number;
}

/** A caller in the queue. */
export interface Waiter {
  readonly requestId: string;
  readonly leaseId: string;
  readonly tokenDigest: string;
  readonly scope: LeaseScope;
  readonly selector: ResourceSelector;
  readonly attributes: JsonRecord;
  readonly ttlMs: number;
  /** What was asked, with which a repeated request is compared; absent where nobody can repeat it. */
  readonly request?: RequestContent;
  /** Wall clock. */
  readonly queuedAt: number;
  /** How long it waits from then on, in milliseconds. */
  readonly waitTimeoutMs: number;
  /** Place in the order of arrival. */
  readonly arrival: number;
  /** What it takes of the limit on all waiters. */
  readonly bytes: number;
  /** Monotonic, fixed on arrival. */
  readonly deadlineMs: number;
  /** Restored from the journal, and its client has not come back yet: it keeps its place and is granted nothing. */
  readonly absent: boolean;
}

/** Callers who want the same, first come first served. */
export interface WaitQueue {
  readonly selector: ResourceSelector;
  readonly waiters: RankedQueue<Waiter>;
}

/** What was asked under a request id, and the one answer it got. */
export interface Answer {
  readonly request: RequestContent;
  readonly reply: Reply;
}

/**
 * All a registry knows, as its one owner has it: `step` changes it in place. Resources, leases, waiters and answers
 * themselves are immutable values.
 */
export interface OwnedState {
  readonly limits: Limits;
  /** Of the last event; the next one is one more. */
  revision: number;
  /** The last fence given out. */
  fence: number;
  /** The last place in the order of arrival given out, to resources and waiters alike. */
  arrivals: number;
  /** A moving average of how long leases are held, for estimates. */
  typicalHoldMs: number;
  /** By key, in the order in which they were added. */
  readonly resources: Map<string, Resource>;
  /** The free resources, in that order. */
  readonly free: RankedQueue<Resource>;
  readonly leases: LeaseTable;
  /** Resource key by digest, of open offers. */
  readonly offers: Map<string, string>;
  /** By token digest. */
  readonly ended: BoundedMemory<EndedLease>;
  /** By request id, in the order of arrival. */
  readonly waiters: Map<string, Waiter>;
  /** Of all waiters together. */
  waitersBytes: number;
  /** Waiters that are present, by what they wait for: any resource, or one key. */
  readonly queues: Map<string, WaitQueue>;
  /** The same for those who named labels, apart because each may match a freed resource. */
  readonly labelQueues: Map<string, WaitQueue>;
  /** By request id. */
  readonly answers: BoundedMemory<Answer>;
  /** Leases and waiters, by holder and by tenant, where a quota asks for the count. */
  readonly holdings: Map<string, number>;
  /** By resource key: the earliest of what ends its state, its lease or the offer of that. */
  readonly resourceDeadlines: Deadlines;
  /** By request id. */
  readonly waiterDeadlines: Deadlines;
}

/** The state for those who only read it. */
export type RegistryState = { readonly [Name in keyof OwnedState]: ReadOnly<OwnedState[Name]> };

type ReadOnly<T> =
  T extends Map<infer K, infer V> ? ReadonlyMap<K, V> : T extends { delete: unknown } ? Omit<T, Change> : T;

type Change = 'add' | 'set' | 'delete' | 'restore' | 'report' | 'takeDue';

/** The state of a registry with nothing in it. */
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
    labelQueues: new Map(),
    answers: new BoundedMemory(limits.memory, limits.answersBytes, answerBytes),
    holdings: new Map(),
    resourceDeadlines: new Deadlines((key) => deadlineOf(resources.get(key), leases.get(key))),
    waiterDeadlines: new Deadlines((requestId) => waiters.get(requestId)?.deadlineMs ?? Infinity),
  };
}

/** The next moment at which time alone changes something, on the monotonic clock; Infinity when nothing can. */
export function nextWakeAt({ resourceDeadlines, waiterDeadlines }: OwnedState): number {
  return Math.min(resourceDeadlines.min, waiterDeadlines.min);
}

/** The first moment at which time alone changes something about a resource. */
export function deadlineOf(resource: Resource | undefined, lease: Lease | undefined): number {
  const exitAtMs = resource?.exitAtMs ?? Infinity;
  if (lease === undefined) return exitAtMs;
  return Math.min(exitAtMs, lease.deadlineMs, lease.offer?.deadlineMs ?? Infinity);
}
