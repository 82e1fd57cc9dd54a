/** How much one lease may leave. */
export interface StripLimits {
  readonly picturesMax: number;
  /** Bytes of all its pictures. */
  readonly bytesMax: number;
  /** A picture with more bytes is left out. */
  readonly pictureBytesMax: number;
}

/** Of one lease. A picture has 20 to 60 kB as a rule. */
export const stripLimits: StripLimits = {
  picturesMax: 200,
  bytesMax: 10_000_000,
  pictureBytesMax: 1_000_000,
};

/** How much is kept of leases that have ended. */
export interface KeptLimits {
  readonly stripsMax: number;
  readonly bytesMax: number;
}

/** Beyond this the oldest of the kept strips are deleted. */
export const keptLimits: KeptLimits = { stripsMax: 200, bytesMax: 500_000_000 };
