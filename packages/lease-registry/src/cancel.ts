import type { Cancel } from './command.js';
import type { Reply } from './reply.js';
import { refused } from './reply.js';
import type { Turn } from './turn.js';
import { emit } from './turn.js';

/** Takes a waiter out of the line. It is not remembered: a caller that comes back later stands in line anew. */
export function cancel(turn: Turn, { requestId }: Cancel): Reply {
  if (!turn.state.waiters.has(requestId)) return { type: 'ignored' };
  emit(turn, { type: 'waiter-left', requestId, how: 'cancelled' });
  turn.effects.push({ type: 'settle', requestId, reply: refused('wait_cancelled') });
  return { type: 'done' };
}
