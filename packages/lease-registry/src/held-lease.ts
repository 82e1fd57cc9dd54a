import { type Refused, refused } from './reply.js';
import type { Lease, OwnedState } from './state.js';

/** The live lease with this token, or why there is none. */
export function heldLease(state: OwnedState, tokenDigest: string): Lease | Refused {
  return state.leases.holding(tokenDigest)?.lease ?? noLease(state, tokenDigest);
}

/** How the lease with this token ended. */
export function noLease(state: OwnedState, tokenDigest: string): Refused {
  const ended = state.ended.get(tokenDigest);
  if (ended === undefined) return refused('unknown_lease');
  return refused('lease_ended', { ended: { how: ended.how, endedAt: ended.endedAt } });
}
