/** Bounds on everything the pool waits for. All in milliseconds unless the name says otherwise. */
export interface PoolLimits {
  /** From spawn to an answering DevTools endpoint. */
  readonly launchMs: number;
  /** One CDP command or HTTP request to a browser. */
  readonly callMs: number;
  /** From SIGKILL to the last process of a slot being gone. */
  readonly killMs: number;
  /** How long a supervised browser may take to flush its profile before it is killed. */
  readonly gracefulStopMs: number;
  /** Pause between two liveness checks of one browser. */
  readonly pingEveryMs: number;
  /** An unanswered check older than this makes the pool look at the process: stopped and dead are told at once. */
  readonly pingSilenceMs: number;
  /** A browser that runs but has not answered for this long counts as hung. Load looks the same, so be generous. */
  readonly hungMs: number;
  /** Browsers launched at one time; launch storms hurt every one of them. */
  readonly launchesAtOnce: number;
  /** A slot's log is cut when it grows past this. */
  readonly logBytesMax: number;
}

export const defaultLimits: PoolLimits = {
  launchMs: 30_000,
  callMs: 5_000,
  killMs: 10_000,
  gracefulStopMs: 3_000,
  pingEveryMs: 400,
  pingSilenceMs: 400,
  hungMs: 3_000,
  launchesAtOnce: 2,
  logBytesMax: 1_000_000,
};
