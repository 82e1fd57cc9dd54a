import { recall } from './bounded-memory.js';
import type { Repeatable } from './command.js';
import { contentOf } from './command.js';
import { sameJson } from './json.js';
import type { Refused, Reply } from './reply.js';
import { refused } from './reply.js';
import type { RegistryState } from './state.js';
import type { Turn } from './turn.js';
import { emit } from './turn.js';

/** The answer this request got before, a conflict if the id stands for another request, undefined if it is new. */
export function earlierReply(state: RegistryState, command: Repeatable): Reply | undefined {
  if (command.requestId === undefined) return undefined;
  if (state.waiters.has(command.requestId)) return conflict();
  const earlier = recall(state.answers, command.requestId);
  if (earlier === undefined) return undefined;
  return sameJson(earlier.request, contentOf(command)) ? earlier.reply : conflict();
}

export function conflict(subject: 'request_id' | 'token' = 'request_id'): Refused {
  return refused('request_conflict', { subject });
}

/** A token opens one lease and no other: an attempt that comes twice, and that nobody remembers, gets none. */
export function isSpent(state: RegistryState, tokenDigest: string): boolean {
  return state.leases.rowOf(tokenDigest) !== undefined || recall(state.ended, tokenDigest) !== undefined;
}

/** Gives a reply, remembered if the caller gave its request an id by which it can be repeated. */
export function answer(turn: Turn, command: Repeatable, reply: Reply): Reply {
  const { requestId } = command;
  if (requestId === undefined || (command.type === 'acquire' && command.anonymous === true)) return reply;
  emit(turn, { type: 'request-answered', requestId, request: contentOf(command), reply });
  return reply;
}
