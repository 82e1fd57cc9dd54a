import type { HangLimits } from './watch/hang-detector.js';

/** Bounds on everything the pool waits for. All in milliseconds unless the name says otherwise. */
export interface PoolLimits extends HangLimits {
  /** From spawn to an answering DevTools endpoint. */
  readonly launchMs: number;
  /** One CDP command or HTTP request to a browser. */
  readonly callMs: number;
  /** From SIGKILL to the last process of a slot being gone. */
  readonly killMs: number;
  /** How long a port may stay with a process that cannot be seen, before it counts as a stranger's. */
  readonly portReleaseMs: number;
  /** How long a supervised browser may take to flush its profile before it is killed. */
  readonly gracefulStopMs: number;
  /** From one look at a browser that somebody may be using to the next; all are looked at at the same moments. */
  readonly heldTickMs: number;
  /** The same for a browser that nobody holds. */
  readonly freeTickMs: number;
  /** How long a held browser that nobody was seen to use may go without a question. */
  readonly heldAskMs: number;
  /** The same where the system does not show whether DevTools is used. */
  readonly heldBlindAskMs: number;
  /** The same for a browser that nobody holds. */
  readonly freeAskMs: number;
  /** Browsers launched at one time; launch storms hurt every one of them. */
  readonly launchesAtOnce: number;
  /** A slot's log is cut when it grows past this. */
  readonly logBytesMax: number;
}

export const defaultLimits: PoolLimits = {
  launchMs: 30_000,
  callMs: 5_000,
  killMs: 10_000,
  portReleaseMs: 2_000,
  gracefulStopMs: 3_000,
  heldTickMs: 400,
  freeTickMs: 2_000,
  heldAskMs: 5_000,
  heldBlindAskMs: 2_000,
  freeAskMs: 30_000,
  lookEveryMs: 100,
  blockedMs: 1_500,
  frozenMs: 3_000,
  diskMs: 30_000,
  endlessWorkMs: 60_000,
  unseenMs: 60_000,
  launchesAtOnce: 2,
  logBytesMax: 1_000_000,
};
