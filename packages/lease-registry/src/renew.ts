import type { Renew } from './command.js';
import { noLease } from './held-lease.js';
import { answer, cachedReply } from './idempotency.js';
import { renewedLease } from './lease.js';
import type { Reply } from './reply.js';
import type { StepContext } from './step-context.js';

/**
 * Moves a deadline forward from now; never shortens it and never revives an ended lease. It makes no event: a
 * recovery gives every live lease a fresh TTL, so there is nothing a log of renewals could add.
 */
export function renew(context: StepContext, command: Renew): Reply {
  const earlier = cachedReply(context.state, command);
  if (earlier !== undefined) return earlier;
  const { state, now } = context;
  const holding = state.leases.holding(command.tokenDigest);
  if (holding === undefined) return answer(context, command, noLease(state, command.tokenDigest));
  holding.lease = renewedLease(holding.lease, now);
  return answer(context, command, { type: 'renewed', lease: holding.lease });
}
