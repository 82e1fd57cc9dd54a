import { recall } from './bounded-memory.js';
import type { Refused } from './reply.js';
import { refused } from './reply.js';
import type { Lease, RegistryState } from './state.js';

/** The live lease this token stands for, or why there is none. */
export function heldLease(state: RegistryState, tokenDigest: string): Lease | Refused {
  const row = state.leases.rowOf(tokenDigest);
  return row === undefined ? noLease(state, tokenDigest) : state.leases.at(row);
}

/** What became of the lease this token stood for. */
export function noLease(state: RegistryState, tokenDigest: string): Refused {
  const ended = recall(state.ended, tokenDigest);
  if (ended === undefined) return refused('unknown_lease');
  return refused('lease_ended', { ended: { how: ended.how, endedAt: ended.endedAt } });
}

export function isRefused(found: Lease | Refused): found is Refused {
  return 'code' in found;
}
