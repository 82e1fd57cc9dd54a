/** One running process. Zombies are not running and never appear. */
export interface ProcessEntry {
  readonly pid: number;
  /** Names this very process: a reused pid has another start. Compare for equality only. */
  readonly startedAt: string;
  readonly isStopped: boolean;
  /** The arguments joined by spaces, as /proc and ps give them for processes that rewrote theirs. */
  readonly commandLine: string;
}

/** Reads the operating system's process table. Never signals. */
export interface ProcessTable {
  readonly find: (pid: number) => Promise<ProcessEntry | undefined>;
  readonly list: () => Promise<ProcessEntry[]>;
  /** Bytes of memory that are this process's share (PSS), or undefined where the system cannot tell. */
  readonly memoryBytes: (pid: number) => Promise<number | undefined>;
}
