/** The machine that the pool runs on. */
export interface Host {
  readonly platform: 'linux' | 'darwin';
  /** Chrome refuses to run as root with its sandbox on, so root launches without it. */
  readonly isRoot: boolean;
}

/** One line of the pool's log. */
export interface PoolLogEntry {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly slot?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The pool's only sources of time and names, and its log. */
export interface PoolPorts {
  /** Wall clock in epoch milliseconds, for display and records only. */
  readonly now: () => number;
  /** Monotonic clock in milliseconds, for all durations and decisions. */
  readonly monotonicMs: () => number;
  /** A new unique name that is safe in file names. */
  readonly newId: () => string;
  readonly log: (entry: PoolLogEntry) => void;
}
