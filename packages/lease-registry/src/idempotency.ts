import { contentOf, type Repeatable } from './command.js';
import { sameJson } from './json.js';
import { type Refused, refused, type Reply } from './reply.js';
import type { Lease, OwnedState } from './state.js';
import { emit, type StepContext } from './step-context.js';

/**
 * A handler that answers each request with an id once: a repeated one gets what is still true of the answer, or a conflict.
 */
export function once<C extends Repeatable>(handle: (context: StepContext, command: C) => Reply) {
  return (context: StepContext, command: C): Reply => {
    const { requestId } = command;
    if (requestId === undefined) return handle(context, command);
    const earlier = earlierReply(context.state, command, requestId);
    return earlier ?? remember(context, command, requestId, handle(context, command));
  };
}

/** What is true still of the answer this request got before, a conflict if the id stands for another request, undefined if it is new. */
function earlierReply(state: OwnedState, command: Repeatable, requestId: string): Reply | undefined {
  if (state.waiters.has(requestId)) return conflict();
  const earlier = state.answers.get(requestId);
  if (earlier === undefined) return undefined;
  if (!sameJson(earlier.request, contentOf(command))) return conflict();
  return 'lease' in earlier.reply ? whileHeld(state, earlier.reply) : earlier.reply;
}

/** An answer that gave a lease holds as long as the lease; then its end is told, or that it has one if that is forgotten. */
function whileHeld(state: OwnedState, reply: Extract<Reply, { lease: Lease }>): Reply {
  const { tokenDigest } = reply.lease;
  if (state.leases.holding(tokenDigest) !== undefined) return reply;
  return state.ended.get(tokenDigest) === undefined ? refused('lease_ended') : noLease(state, tokenDigest);
}

/** Returns a reply and remembers it if somebody can repeat the request. */
function remember(context: StepContext, command: Repeatable, requestId: string, reply: Reply): Reply {
  if (isPassing(reply) || (command.type === 'acquire' && command.anonymous === true)) return reply;
  emit(context, { type: 'request-answered', requestId, request: contentOf(command), reply });
  return reply;
}

/** Nothing is wrong with a request that waits, or for which there is no room at the moment: it may come again. */
function isPassing(reply: Reply): boolean {
  if (reply.type !== 'refused') return reply.type === 'queued';
  if (reply.code === 'quota_exceeded') return reply.subject === 'asks';
  return reply.code === 'too_many_waiting' || reply.code === 'request_conflict';
}

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

export function conflict(subject: 'request_id' | 'token' = 'request_id'): Refused {
  return refused('request_conflict', { subject });
}

/** Each token is good for one lease: a repeated attempt whose answer is no longer remembered is refused. */
export function isSpent(state: OwnedState, tokenDigest: string): boolean {
  return state.leases.holding(tokenDigest) !== undefined || state.ended.get(tokenDigest) !== undefined;
}
