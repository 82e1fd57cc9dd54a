import type { Repeatable } from './command.js';
import { contentOf } from './command.js';
import { sameJson } from './json.js';
import type { Refused, Reply } from './reply.js';
import { refused } from './reply.js';
import type { OwnedState } from './state.js';
import type { StepContext } from './step-context.js';
import { emit } from './step-context.js';

/** The earlier answer to this request, a conflict if its id was used for another one, undefined if it is new. */
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

/** Each token is good for one lease: a repeated attempt whose answer is no longer remembered is refused. */
export function isSpent(state: OwnedState, tokenDigest: string): boolean {
  return state.leases.holding(tokenDigest) !== undefined || state.ended.get(tokenDigest) !== undefined;
}

/** Returns a reply and remembers it if the request has an id under which it can be repeated. */
export function answer(context: StepContext, command: Repeatable, reply: Reply): Reply {
  const { requestId } = command;
  if (requestId === undefined || (command.type === 'acquire' && command.anonymous === true)) return reply;
  emit(context, { type: 'request-answered', requestId, request: contentOf(command), reply });
  return reply;
}
