/** Agents that alternate between work without a browser and sessions with one. Durations in seconds. */
export interface Workload {
  readonly agents: number;
  /** The share of its time during which an agent would have a browser if none ever waited; above 0, at most 1. */
  readonly busy: number;
  /** Mean length of a session. */
  readonly sessionS: number;
  /** From the end of a session until its slot can be leased again. */
  readonly resetS: number;
}

/** The average time for which an agent works without a browser between two sessions, in seconds. */
export function pauseS({ busy, sessionS }: Workload): number {
  return (sessionS * (1 - busy)) / busy;
}

/** The average number of slots in use, resets included, if one were always free. */
export function offeredLoad({ agents, busy, sessionS, resetS }: Workload): number {
  return (agents * busy * (sessionS + resetS)) / sessionS;
}
