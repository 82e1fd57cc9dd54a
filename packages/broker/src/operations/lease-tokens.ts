import { createHmac, hash } from 'node:crypto';

/**
 * Lease tokens are derived, not stored: the same lease id gives the same token after any restart. The state and the
 * journal contain only the digest, which gives nothing away.
 */
export interface LeaseTokens {
  tokenOf(leaseId: string): string;
  /** The single-use code of a handoff, derived from the id of the offer. */
  handoffOf(offerId: string): string;
  digestOf(secret: string): string;
}

export function createLeaseTokens(secret: string): LeaseTokens {
  const derive = (purpose: string, id: string): string =>
    createHmac('sha256', secret).update(`${purpose}\n${id}`).digest('base64url');
  return {
    tokenOf: (leaseId) => derive('lease', leaseId),
    handoffOf: (offerId) => derive('handoff', offerId),
    digestOf: (token) => hash('sha256', token, 'base64url'),
  };
}
