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
  /** How long a person may take to approve a request. */
  readonly approvalMs: number;
  /** How long a lease may be prepared before it ends. */
  readonly prepareMs: number;
  /** How long a person may have control of a lease while its TTL does not run. */
  readonly controlMs: number;
  /** How long a holder's request for a person is open if the holder does not choose. */
  readonly askMs: number;
  /** Requests for a person that are kept with one lease. */
  readonly asksMax: number;
  /** What one request for a person, or one word of a person, may be long: in bytes of JSON. */
  readonly askBytes: number;
  /** Assets that one lease may claim. */
  readonly claimsMax: number;
  readonly assetsMax: number;
  /** A timer that fires later than this means that the machine slept or the event loop stalled. */
  readonly lateMs: number;
  /** Answers and ended leases that are remembered at the least, as far as their bytes allow; twice as many at the most. */
  readonly memory: number;
  /** All answers together. Sizes are in bytes of JSON in UTF-8, here and below; the oldest are forgotten first. */
  readonly answersBytes: number;
  readonly endedBytes: number;
  /** One name: of a holder, tenant, run, client, request, lease or resource; also one digest. */
  readonly nameBytes: number;
  /** The labels and attributes of one command together. */
  readonly detailsBytes: number;
  /** One error or note; what is longer is cut. */
  readonly errorBytes: number;
  /** All places in the queue together, those of absent callers included; who comes then is refused. */
  readonly waitersBytes: number;
  /** Live leases and places in the queue that one holder may have at once. */
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
  approvalMs: 600_000,
  prepareMs: 60_000,
  controlMs: 1_800_000,
  askMs: 300_000,
  asksMax: 4,
  askBytes: 8_192,
  claimsMax: 8,
  assetsMax: 1_024,
  lateMs: 1_000,
  memory: 1_024,
  answersBytes: 8_000_000,
  endedBytes: 2_000_000,
  nameBytes: 768,
  detailsBytes: 8_192,
  errorBytes: 4_096,
  waitersBytes: 16_000_000,
};

/** How long a quarantine lasts after this many failures in a row. */
export function quarantineFor({ quarantineMs, quarantineMaxMs }: Limits, failures: number): number {
  return Math.min(quarantineMaxMs, quarantineMs * 2 ** (failures - 1));
}
