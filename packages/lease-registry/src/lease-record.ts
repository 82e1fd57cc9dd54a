import type { JsonRecord } from './json.js';
import type { LeaseScope } from '@escarp/contract';

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
