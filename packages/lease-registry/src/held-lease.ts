import { type Refused, refused } from './reply.js';
import type { Lease, OwnedState } from './state.js';

/** The live lease this token stands for, or why there is none. */
export function heldLease(state: OwnedState, tokenDigest: string): Lease | Refused {
  return state.leases.holding(tokenDigest)?.lease ?? noLease(state, tokenDigest);
}

/** What became of the lease this token stood for. */
export function noLease(state: OwnedState, tokenDigest: string): Refused {
  const ended = state.ended.get(tokenDigest);
  if (ended === undefined) return refused('unknown_lease');
  return refused('lease_ended', { ended: { how: ended.how, endedAt: ended.endedAt } });
}
