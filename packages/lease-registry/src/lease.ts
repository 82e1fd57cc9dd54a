import type { RecordedLease } from './event.js';
import type { EndedLease, Lease } from './state.js';

/** A lease with its clock running. */
export function liveLease(recorded: RecordedLease, deadlineMs: number): Lease {
  return {
    id: recorded.id,
    key: recorded.key,
    tokenDigest: recorded.tokenDigest,
    scope: recorded.scope,
    attributes: recorded.attributes,
    fence: recorded.fence,
    ttlMs: recorded.ttlMs,
    acquiredAt: recorded.acquiredAt,
    renewedAt: recorded.renewedAt,
    expiresAt: recorded.expiresAt,
    deadlineMs,
    graced: false,
    offer: undefined,
  };
}

/** When and how a lease ended, and when its holder was last heard of. */
export type End = Pick<EndedLease, 'how' | 'renewedAt' | 'endedAt'>;

/** What is remembered of a lease. */
export function endedLease(lease: Lease, { how, renewedAt, endedAt }: End): EndedLease {
  const { key, fence, scope, acquiredAt } = lease;
  return { key, fence, holder: scope.holder, how, acquiredAt, renewedAt, endedAt };
}
