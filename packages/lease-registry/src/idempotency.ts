import type { Repeatable } from './command.js';
import { contentOf } from './command.js';
import { sameJson } from './json.js';
import type { Refused, Reply } from './reply.js';
import { refused } from './reply.js';
import type { OwnedState } from './state.js';
import type { StepContext } from './step-context.js';
import { emit } from './step-context.js';

/** The answer this request got before, a conflict if the id stands for another request, undefined if it is new. */
export function cachedReply(state: OwnedState, command: Repeatable): Reply | undefined {
  if (command.requestId === undefined) return undefined;
  if (state.waiters.has(command.requestId)) return conflict();
  const earlier = state.answers.get(command.requestId);
  if (earlier === undefined) return undefined;
  return sameJson(earlier.request, contentOf(command)) ? earlier.reply : conflict();
}

export function conflict(subject: 'request_id' | 'token' = 'request_id'): Refused {
  return refused('request_conflict', { subject });
}

/** A token opens one lease and no other: an attempt that comes twice, and that nobody remembers, gets none. */
export function isSpent(state: OwnedState, tokenDigest: string): boolean {
  return state.leases.holding(tokenDigest) !== undefined || state.ended.get(tokenDigest) !== undefined;
}

/** Gives a reply, remembered if the caller gave its request an id by which it can be repeated. */
export function answer(context: StepContext, command: Repeatable, reply: Reply): Reply {
  const { requestId } = command;
  if (requestId === undefined || (command.type === 'acquire' && command.anonymous === true)) return reply;
  emit(context, { type: 'request-answered', requestId, request: contentOf(command), reply });
  return reply;
}
