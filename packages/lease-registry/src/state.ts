import type { BoundedMemory } from './bounded-memory.js';
import { emptyMemory } from './bounded-memory.js';
import type { RequestContent } from './command.js';
import type { JsonRecord } from './json.js';
import { LeaseTable } from './lease-table.js';
import type { Limits } from './limits.js';
import { PersistentMap } from './persistent-map.js';
import type { Reply } from './reply.js';
import type { LeaseScope } from './scope.js';
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
  readonly mending: boolean;
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

/** A caller in line. */
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
  /** How long it stands in line from then on, in milliseconds. */
  readonly patienceMs: number;
  /** Place in the order of arrival. */
  readonly arrival: number;
  /** Monotonic, fixed on arrival. */
  readonly deadlineMs: number;
  /** Restored from the journal, and its client has not come back yet: it keeps its place and is granted nothing. */
  readonly absent: boolean;
}

/** Callers who want the same, first come first. */
export interface Line {
  readonly selector: ResourceSelector;
  readonly waiters: PersistentMap<Waiter>;
}

/** What was asked under a request id, and the one answer it got. */
export interface Answer {
  readonly request: RequestContent;
  readonly reply: Reply;
}

/** All a registry knows, as an immutable value. */
export interface RegistryState {
  readonly limits: Limits;
  /** Of the last event; the next one is one more. */
  readonly revision: number;
  /** The last fence given out. */
  readonly fence: number;
  /** The last place in the order of arrival given out, to resources and waiters alike. */
  readonly arrivals: number;
  readonly resources: PersistentMap<Resource>;
  /** Keys of the free resources. */
  readonly free: PersistentMap<Resource>;
  readonly leases: LeaseTable;
  /** Resource key by digest, of open offers. */
  readonly offers: PersistentMap<string>;
  /** By token digest. */
  readonly ended: BoundedMemory<EndedLease>;
  /** By request id. */
  readonly waiters: PersistentMap<Waiter>;
  /** Waiters that are present, by the line they stand in: for any, or for one key. */
  readonly lines: PersistentMap<Line>;
  /** The same for those who named labels, apart because each may match a freed resource. */
  readonly labelLines: PersistentMap<Line>;
  /** By request id. */
  readonly answers: BoundedMemory<Answer>;
  /** Leases and places in line, by holder and by tenant, where a quota asks for the count. */
  readonly holdings: PersistentMap<number>;
  /** A moving average of how long leases are held, for estimates. */
  readonly typicalHoldMs: number;
}

/** The state of a registry with nothing in it. */
export function emptyState(limits: Limits): RegistryState {
  return {
    limits,
    revision: 0,
    fence: 0,
    arrivals: 0,
    resources: PersistentMap.empty({ measure: exitOf, rank: orderOf }),
    free: PersistentMap.empty({ measure: orderOf, rank: orderOf }),
    leases: LeaseTable.empty(),
    offers: PersistentMap.empty(),
    ended: emptyMemory(limits.memory, { rank: (ended) => ended.endedAt }),
    waiters: PersistentMap.empty({ measure: (waiter) => waiter.deadlineMs, rank: arrivalOf }),
    lines: PersistentMap.empty(),
    labelLines: PersistentMap.empty(),
    answers: emptyMemory(limits.memory),
    holdings: PersistentMap.empty(),
    typicalHoldMs: limits.ttlMs,
  };
}

export function emptyLine(selector: ResourceSelector): Line {
  return { selector, waiters: PersistentMap.empty({ measure: arrivalOf, rank: arrivalOf }) };
}

/** The next moment at which time alone changes something, on the monotonic clock; Infinity when nothing can. */
export function nextWakeAt(state: RegistryState): number {
  return Math.min(state.leases.min, state.resources.min, state.waiters.min);
}

function exitOf(resource: Resource): number {
  return resource.exitAtMs;
}

function orderOf(resource: Resource): number {
  return resource.order;
}

function arrivalOf(waiter: Waiter): number {
  return waiter.arrival;
}
