import type { Renew } from './command.js';
import { renewedLease } from './lease.js';
import { heldLease, isRefused } from './held-lease.js';
import { answer, earlierReply } from './memo.js';
import type { Reply } from './reply.js';
import type { Turn } from './turn.js';

/**
 * Moves a deadline forward from now; never shortens it and never revives an ended lease. It makes no event: a
 * recovery gives every live lease a fresh TTL, so there is nothing a log of renewals could add.
 */
export function renew(turn: Turn, command: Renew): Reply {
  const earlier = earlierReply(turn.state, command);
  if (earlier !== undefined) return earlier;
  const lease = heldLease(turn.state, command.tokenDigest);
  if (isRefused(lease)) return answer(turn, command, lease);
  const renewed = renewedLease(lease, turn.now);
  turn.state.leases = turn.state.leases.set(lease.key, renewed, turn.edit);
  return answer(turn, command, { type: 'renewed', lease: renewed });
}
