/** Names one process for good: a pid that was given to another has another start. */
export interface ProcessStamp {
  readonly pid: number;
  /** As the system's process table tells it. Compare for equality only. */
  readonly startedAt: string;
}

/** A process that runs. Zombies do not, and never appear. */
export interface ProcessState extends ProcessStamp {
  /** By SIGSTOP or a debugger. */
  readonly isStopped: boolean;
}

/** A running process and what it was started with. */
export interface ProcessEntry extends ProcessState {
  /**
   * The arguments joined by spaces, as /proc and ps show them, which is also how a process that rewrote them wants to be
   * seen.
   */
  readonly commandLine: string;
}

/** A process and its relatives. */
export interface ProcessRow extends ProcessState {
  readonly parentPid: number;
  /** The session; on macOS, where ps does not show it, the process group. */
  readonly sessionId: number;
}
