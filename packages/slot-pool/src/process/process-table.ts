/** Whether a process runs. Zombies do not and never appear. */
export interface ProcessState {
  readonly pid: number;
  /** Names this very process: a reused pid has another start. Compare for equality only. */
  readonly startedAt: string;
  readonly isStopped: boolean;
}

/** One running process. */
export interface ProcessEntry extends ProcessState {
  /** The arguments joined by spaces, as /proc and ps give them for processes that rewrote theirs. */
  readonly commandLine: string;
}

/** Reads the operating system's process table. Never signals. */
export interface ProcessTable {
  readonly platform: 'linux' | 'darwin';
  /** Whether `state` costs microseconds, so that it can be asked often. */
  readonly isQuick: boolean;
  readonly state: (pid: number) => Promise<ProcessState | undefined>;
  readonly find: (pid: number) => Promise<ProcessEntry | undefined>;
  /** Every process. */
  readonly list: () => Promise<ProcessEntry[]>;
  /**
   * The processes that have `mark`, a `NAME=value`, in their environment, all in the sessions of these, and what they
   * started.
   */
  readonly family: (mark: string) => Promise<ProcessEntry[]>;
  /** Bytes of memory that are this process's share (PSS), or undefined where the system cannot tell. */
  readonly memoryBytes: (pid: number) => Promise<number | undefined>;
}
