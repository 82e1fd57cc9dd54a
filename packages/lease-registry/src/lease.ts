import type { HeldClaim } from './asset.js';
import type { JsonRecord } from './json.js';
import type { LeaseScope } from '@escarp/contract';

/** A resource under one of its fences, so that no later lease of it is meant by mistake. */
export interface KeyAndFence {
  readonly key: string;
  readonly fence: number;
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
  /** Epoch milliseconds, as the next. */
  readonly renewedAt: number;
  /** Epoch milliseconds; moves with every renewal. */
  readonly expiresAt: number;
  /** Monotonic. */
  readonly deadlineMs: number;
  /** Whether the one grace since the last renewal has been used. */
  readonly graced: boolean;
  readonly offer: Offer | undefined;
  /** What it claims besides its resource. */
  readonly claims: readonly HeldClaim[];
  /** Whether the resource is still being made ready for it, and its holder does not have it yet. */
  readonly preparing: boolean;
  /** Who acts on the resource; undefined as long as no person ever did. */
  readonly control: Control | undefined;
  /** What its holder asked people for: everything open, and what was answered last. Oldest first. */
  readonly asks: readonly Ask[];
}

/** How a person's turn ended. */
export type ControlOutcome = 'done' | 'declined' | 'timed_out';

/** A person acts on the resource. Times are epoch milliseconds. */
export interface HumanControl {
  readonly by: 'human';
  readonly who?: string;
  readonly reason?: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** When control goes back to the holder by itself. */
  readonly expiresAt: number;
  /** Monotonic. */
  readonly deadlineMs: number;
}

/** The holder acts again, after a person did. */
export interface AgentControl {
  readonly by: 'agent';
  readonly outcome: ControlOutcome;
  readonly who?: string;
  readonly note?: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** Who acts on the resource, after a person has done so. */
export type Control = HumanControl | AgentControl;

/** A holder's request for a person. Times are epoch milliseconds. */
export interface Ask {
  readonly id: string;
  readonly reason: string;
  readonly instructions?: string;
  readonly askedAt: number;
  /** How long it is open, in milliseconds. */
  readonly timeoutMs: number;
  readonly expiresAt: number;
  /** Monotonic. */
  readonly deadlineMs: number;
  /** Undefined while it is open. */
  readonly answer?: AskAnswer;
}

/** How a request for a person ended. `timed_out` is no consent to anything. Times are epoch milliseconds. */
export interface AskAnswer {
  readonly outcome: ControlOutcome;
  readonly who?: string;
  readonly note?: string;
  readonly at: number;
}

/** A handoff that waits to be accepted. */
export interface Offer {
  /** The holder it is meant for. */
  readonly to: string;
  /** Digest of the single-use code. */
  readonly codeDigest: string;
  /** What it was made for, in milliseconds. */
  readonly ttlMs: number;
  /** Wall clock, for display. */
  readonly expiresAt: number;
  /** Monotonic. */
  readonly deadlineMs: number;
}

/** How a lease ended. */
export type EndReason =
  | 'released'
  | 'expired'
  | 'revoked'
  | 'retracted'
  | 'handed_over'
  | 'resource_lost'
  | 'unprepared';

/** What is remembered of a lease that has ended. Times are epoch milliseconds. */
export interface EndedLease {
  readonly key: string;
  readonly fence: number;
  readonly holder: string;
  readonly how: EndReason;
  readonly acquiredAt: number;
  readonly renewedAt: number;
  readonly endedAt: number;
}
