/** Bounds on everything the pool waits for. All in milliseconds unless the name says otherwise. */
export interface PoolLimits {
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
  /** From one question to a browser to the next; all browsers are asked at the same moments. */
  readonly pingEveryMs: number;
  /** Pause between two looks at the process of a browser that owes an answer. */
  readonly lookEveryMs: number;
  /**
   * A browser that leaves a question unanswered for this long counts as hung if it did nothing meanwhile although it had
   * the processor and the disk to itself.
   */
  readonly idleSilenceMs: number;
  /** One that may be busy, or starved, counts as hung after this long. Load looks the same, so be generous. */
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
  portReleaseMs: 2_000,
  gracefulStopMs: 3_000,
  pingEveryMs: 400,
  lookEveryMs: 100,
  idleSilenceMs: 400,
  hungMs: 3_000,
  launchesAtOnce: 2,
  logBytesMax: 1_000_000,
};
