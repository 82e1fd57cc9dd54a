import type { Accept, Decline, OfferLease } from './command.js';
import { leaseOn, newLease, ttlFor } from './grant.js';
import { heldLease, isRefused } from './held-lease.js';
import { answer, conflict, earlierReply, isSpent } from './memo.js';
import { malformedCaller, malformedOffer } from './malformed.js';
import { quotaUsedUp } from './quota.js';
import type { Reply } from './reply.js';
import { refused } from './reply.js';
import type { Lease, Offer } from './state.js';
import type { Turn } from './turn.js';
import { emit } from './turn.js';

/** Offers a lease to a named holder. Until somebody accepts, the offerer holds and must keep renewing. */
export function offer(turn: Turn, command: OfferLease): Reply {
  const bad = malformedOffer(command);
  if (bad !== undefined) return refused('bad_request', { subject: bad });
  const earlier = earlierReply(turn.state, command);
  if (earlier !== undefined) return earlier;
  const lease = heldLease(turn.state, command.tokenDigest);
  if (isRefused(lease)) return answer(turn, command, lease);
  if (lease.offer !== undefined) emit(turn, { type: 'offer-ended', key: lease.key, how: 'replaced' });
  const { to, codeDigest } = command;
  const ttlMs = ttlFor(turn, command);
  const expiresAt = turn.now.wallMs + ttlMs;
  emit(turn, { type: 'offer-made', key: lease.key, offer: { to, codeDigest, expiresAt, ttlMs } });
  return answer(turn, command, { type: 'offered', lease: leaseOn(turn, lease.key) });
}

/** The named holder takes over: the same resource, unreset, under a new lease, token and fence, in one event. */
export function accept(turn: Turn, command: Accept): Reply {
  const bad = malformedCaller(command);
  if (bad !== undefined) return refused('bad_request', { subject: bad });
  const earlier = earlierReply(turn.state, command);
  if (earlier !== undefined) return earlier;
  if (isSpent(turn.state, command.tokenDigest)) return conflict('token');
  return answer(turn, command, acceptAnew(turn, command));
}

function acceptAnew(turn: Turn, command: Accept): Reply {
  const lease = leaseOnOffer(turn, command.codeDigest);
  if (lease === undefined) return refused('unknown_handoff');
  if (lease.offer.to !== command.scope.holder) return refused('handoff_not_for_you');
  const quota = quotaUsedUp(turn.state, command.scope, lease.scope);
  if (quota !== undefined) return refused('quota_exceeded', { subject: quota });
  const ttlMs = command.ttlMs === undefined ? lease.ttlMs : ttlFor(turn, command);
  const attributes = command.attributes ?? lease.attributes;
  const recorded = newLease(turn, lease.key, command, ttlMs, attributes);
  const { fence: from, renewedAt } = lease;
  emit(turn, { type: 'lease-handed-over', from, renewedAt, lease: recorded });
  return { type: 'granted', lease: leaseOn(turn, lease.key) };
}

/** The one an offer was made to does not want it; nothing changes for the holder. */
export function decline(turn: Turn, command: Decline): Reply {
  const lease = leaseOnOffer(turn, command.codeDigest);
  if (lease === undefined) return refused('unknown_handoff');
  emit(turn, { type: 'offer-ended', key: lease.key, how: 'declined' });
  return { type: 'done' };
}

function leaseOnOffer(turn: Turn, codeDigest: string): (Lease & { readonly offer: Offer }) | undefined {
  const key = turn.state.offers.get(codeDigest);
  if (key === undefined) return undefined;
  const lease = leaseOn(turn, key);
  if (lease.offer === undefined) throw new Error(`Invariant broken: no offer on ${key}.`);
  return { ...lease, offer: lease.offer };
}
