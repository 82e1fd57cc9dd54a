import { leaseAt } from './apply.js';
import type { Accept, OfferLease } from './command.js';
import { newLease, ttlFor } from './grant.js';
import { conflict, heldLease, isSpent } from './idempotency.js';
import type { JsonRecord } from './json.js';
import { quotaUsedUp } from './quota.js';
import { refused, type Reply } from './reply.js';
import type { Lease } from './state.js';
import { emit, type StepContext } from './step-context.js';

/** Offers a lease to a named holder. Until that holder accepts, the first one keeps it and must keep renewing. */
export function offer(context: StepContext, command: OfferLease): Reply {
  const { to, codeDigest, tokenDigest } = command;
  const lease = heldLease(context.state, tokenDigest);
  if ('code' in lease) return lease;
  const { key } = lease;
  if (lease.offer !== undefined) emit(context, { type: 'offer-ended', key, how: 'replaced' });
  const ttlMs = ttlFor(context, command);
  const expiresAt = context.now.wallMs + ttlMs;
  emit(context, { type: 'offer-made', key, offer: { to, codeDigest, expiresAt, ttlMs } });
  return { type: 'offered', lease: leaseAt(context.state, key) };
}

/** Accepts an offer: the same resource, without a reset, under a new lease, token and fence, in one event. */
export function accept(context: StepContext, command: Accept): Reply {
  if (isSpent(context.state, command.tokenDigest)) return conflict('token');
  const lease = context.state.leases.values().find((one) => one.offer?.codeDigest === command.codeDigest);
  if (lease === undefined) return refused('unknown_handoff');
  if (lease.offer?.to !== command.scope.holder) return refused('handoff_not_for_you');
  if (lease.control?.by === 'human') return refused('human_in_control');
  const quota = quotaUsedUp(context.state, command.scope, lease.scope);
  if (quota !== undefined) return refused('quota_exceeded', { subject: quota });
  const ttlMs = command.ttlMs === undefined ? lease.ttlMs : ttlFor(context, command);
  const attributes = attributesAfter(lease, command);
  const { key, claims, preparing } = lease;
  const recorded = newLease(context, key, command, { ttlMs, attributes, claims, preparing });
  const { fence: from, renewedAt } = lease;
  emit(context, { type: 'lease-handed-over', from, renewedAt, lease: recorded });
  return { type: 'granted', lease: leaseAt(context.state, key) };
}

/** Those of the new holder's wish, and of the former lease those that are not its holder's alone. */
function attributesAfter({ attributes: former }: Lease, { attributes, keeps = [] }: Accept): JsonRecord {
  if (attributes === undefined) return former;
  const kept = Object.entries(former).filter(([name]) => keeps.includes(name));
  return { ...attributes, ...Object.fromEntries(kept) };
}
