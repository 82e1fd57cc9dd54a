import type { HangLimits } from './watch/hang-detector.js';

/** Limits on everything the pool waits for, in milliseconds unless the name says otherwise. */
export interface PoolLimits extends HangLimits {
  /** From spawn to an answering DevTools endpoint. */
  readonly launchMs: number;
  /** One CDP command or HTTP request to a browser. */
  readonly callMs: number;
  /** From SIGKILL to the last process of a slot being gone. */
  readonly killMs: number;
  /** How long a port may be held by a process that we cannot see before it counts as somebody else's. */
  readonly portReleaseMs: number;
  /** How long a supervised browser may take to flush its profile before it is killed. */
  readonly gracefulStopMs: number;
  /** How long a browser may take to write its profile and quit, in milliseconds, when the profile is needed. */
  readonly profileWriteMs: number;
  /** Interval between two checks of a held browser; all browsers are checked at the same moments. */
  readonly heldTickMs: number;
  /** Interval between two checks of a browser that nobody holds. */
  readonly freeTickMs: number;
  /** How often a held browser is asked for an answer while nobody seems to use it. */
  readonly heldAskMs: number;
  /** The same on a system that does not show whether DevTools is in use. */
  readonly heldBlindAskMs: number;
  /** How often a browser that nobody holds is asked for an answer. */
  readonly freeAskMs: number;
  /** Browsers that may be launching at the same time; more would slow each other down. */
  readonly launchesAtOnce: number;
  /** From a grant until a spare is begun, so that it does not compete with its holder's first page. */
  readonly spareDelayMs: number;
  /** How long a spare may take to get to where it waits, and from there to an answering DevTools endpoint. */
  readonly spareMs: number;
  /** Memory in bytes that must be available for a spare to be made or kept. */
  readonly spareMemoryBytesMin: number;
  /** A slot's log is truncated when it grows beyond this. */
  readonly logBytesMax: number;
}

/** The limits of a pool that sets none. */
export const defaultLimits: PoolLimits = {
  launchMs: 30_000,
  callMs: 5_000,
  killMs: 10_000,
  portReleaseMs: 2_000,
  gracefulStopMs: 3_000,
  profileWriteMs: 20_000,
  heldTickMs: 400,
  freeTickMs: 2_000,
  heldAskMs: 5_000,
  heldBlindAskMs: 2_000,
  freeAskMs: 30_000,
  lookEveryMs: 100,
  blockedMs: 1_500,
  starvedMs: 10_000,
  frozenMs: 3_000,
  diskMs: 30_000,
  endlessWorkMs: 60_000,
  unseenMs: 60_000,
  launchesAtOnce: 2,
  spareDelayMs: 500,
  spareMs: 10_000,
  spareMemoryBytesMin: 1_000_000_000,
  logBytesMax: 1_000_000,
};
