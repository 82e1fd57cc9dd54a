/** The settings of a registry. All durations are in milliseconds and greater than 0. */
export interface Limits {
  /** How long a lease lasts if the caller does not choose a TTL. */
  readonly ttlMs: number;
  readonly ttlMaxMs: number;
  /** The longest that a request may wait in the queue. */
  readonly waitMaxMs: number;
  /** How long a request without `waitMs` waits for a resource that will soon be free. */
  readonly briefWaitMs: number;
  /** How long a start may take before it counts as failed. */
  readonly startMs: number;
  /** How long a reset may take before it counts as failed. */
  readonly resetMs: number;
  /** How often in a row a resource may fail before it is quarantined and its holder loses the lease. */
  readonly failuresMax: number;
  /** After this time without a failure, counting starts again. */
  readonly stableMs: number;
  /** The first delay of a quarantine; it doubles with every further failure. */
  readonly quarantineMs: number;
  readonly quarantineMaxMs: number;
  /** A timer that fires later than this means that the machine slept or the event loop stalled. */
  readonly lateMs: number;
  /** How many answers and ended leases are remembered, at least; at most twice as many. */
  readonly memory: number;
  /** How many live leases and queued requests one holder may have. */
  readonly perHolder?: number;
  /** The same for all holders of one tenant together. */
  readonly perTenant?: number;
}

/** The defaults: a TTL of a minute, waits of at most an hour, no quotas. */
export const defaultLimits: Limits = {
  ttlMs: 60_000,
  ttlMaxMs: 24 * 3_600_000,
  waitMaxMs: 3_600_000,
  briefWaitMs: 2_000,
  startMs: 60_000,
  resetMs: 60_000,
  failuresMax: 3,
  stableMs: 60_000,
  quarantineMs: 1_000,
  quarantineMaxMs: 60_000,
  lateMs: 1_000,
  memory: 1_024,
};

/** How long a quarantine lasts after this many failures in a row. */
export function quarantineFor({ quarantineMs, quarantineMaxMs }: Limits, failures: number): number {
  return Math.min(quarantineMaxMs, quarantineMs * 2 ** (failures - 1));
}
