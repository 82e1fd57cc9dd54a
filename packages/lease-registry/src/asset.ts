/**
 * What leases may claim besides their resource, so many at a time: a licence, a test account. Its name and these figures
 * are all that is known of it here.
 */
export interface Asset {
  readonly name: string;
  /** How many leases may claim it at once, if none of them does so exclusively. */
  readonly capacity: number;
  /** Whether a person must agree to every grant. */
  readonly approval: boolean;
  /** Counted by whoever keeps the asset. A lease has the version of its grant. */
  readonly version: number;
}

/**
 * How an asset is claimed: `shared` with as many others as it has room for, `update` like that but by one lease at a time,
 * `exclusive` with nobody else.
 */
export type ClaimMode = 'shared' | 'update' | 'exclusive';

/** A wish for an asset. */
export interface Claim {
  readonly name: string;
  readonly mode: ClaimMode;
}

/** A claim that was granted. */
export interface HeldClaim extends Claim {
  /** The version of the asset at the grant. */
  readonly version: number;
}

/** Of whoever claims nothing. */
export const noClaims: readonly never[] = Object.freeze([]);
