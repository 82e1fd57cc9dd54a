/** What the pool is told about the machine it runs on. */
export interface Host {
  readonly platform: 'linux' | 'darwin';
  /** Chrome refuses to run as root with its sandbox on, so root launches without it. */
  readonly isRoot: boolean;
}

export interface PoolLogEntry {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly slot?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The pool's only sources of time, names and a place to tell what it did. */
export interface PoolPorts {
  /** Wall clock, in milliseconds since the epoch. For display and records only. */
  readonly now: () => number;
  /** Monotonic clock, in milliseconds. For every duration and decision. */
  readonly monotonicMs: () => number;
  /** A fresh name that is safe in a file name. */
  readonly newId: () => string;
  readonly log: (entry: PoolLogEntry) => void;
}
