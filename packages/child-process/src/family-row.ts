/** Names one process for good: a pid that was given to another has another start. */
export interface ProcessStamp {
  readonly pid: number;
  /** As the system's process table tells it. Compare for equality only. */
  readonly startedAt: string;
}

/** One process that runs. Zombies do not. */
export interface FamilyMember extends ProcessStamp {
  readonly isStopped: boolean;
  /** The arguments joined by spaces. */
  readonly commandLine: string;
}

/** What a process table tells of kinship. */
export interface FamilyRow extends ProcessStamp {
  readonly isStopped: boolean;
  readonly parentPid: number;
  /** The session; on macOS, whose ps does not tell it, the process group. */
  readonly sessionId: number;
  readonly isMarked: boolean;
}
