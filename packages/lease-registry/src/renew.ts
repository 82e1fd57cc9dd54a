import type { Renew } from './command.js';
import { ttlFor } from './grant.js';
import { answer, cachedReply, noLease } from './idempotency.js';
import { renewedLease } from './lease.js';
import type { Reply } from './reply.js';
import { emit, type StepContext } from './step-context.js';

/**
 * Moves a deadline to a full TTL from now. Never shortens it and never revives an ended lease. It makes no event, because
 * a recovery gives every live lease a fresh TTL anyway, unless the TTL itself is changed.
 */
export function renew(context: StepContext, command: Renew): Reply {
  const earlier = cachedReply(context.state, command);
  if (earlier !== undefined) return earlier;
  const { state, now } = context;
  const holding = state.leases.holding(command.tokenDigest);
  if (holding?.lease === undefined) return answer(context, command, noLease(state, command.tokenDigest));
  if (command.ttlMs !== undefined) {
    const { key, fence } = holding.lease;
    const ttlMs = ttlFor(context, command);
    if (ttlMs !== holding.lease.ttlMs) emit(context, { type: 'lease-ttl-set', key, fence, ttlMs });
  }
  holding.lease = renewedLease(holding.lease, now);
  return answer(context, command, { type: 'renewed', lease: holding.lease });
}
