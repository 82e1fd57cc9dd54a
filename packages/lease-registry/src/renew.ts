import type { Renew } from './command.js';
import { noLease } from './held-lease.js';
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
  const { state, now, edit } = turn;
  const row = state.leases.rowOf(command.tokenDigest);
  if (row === undefined) return answer(turn, command, noLease(state, command.tokenDigest));
  state.leases = state.leases.renew(row, now, edit);
  return answer(turn, command, { type: 'renewed', lease: state.leases.at(row) });
}
