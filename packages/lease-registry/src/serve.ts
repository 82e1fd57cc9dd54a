import { grant } from './grant.js';
import { firstInLine } from './line.js';
import type { Reply } from './reply.js';
import type { Resource, Waiter } from './state.js';
import type { Turn } from './turn.js';
import { emit } from './turn.js';

/** Gives a resource that became free to whoever came first among those it can serve. */
export function serve(turn: Turn, resource: Resource | undefined): void {
  if (resource === undefined) return;
  const waiter = firstInLine(turn.state, resource);
  if (waiter === undefined) return;
  emit(turn, { type: 'waiter-left', requestId: waiter.requestId, how: 'granted' });
  const lease = grant(turn, resource, waiter, waiter.ttlMs, waiter.attributes);
  settle(turn, waiter, { type: 'granted', lease });
}

/** Answers someone who has just left the line, once and for all. */
export function settle(turn: Turn, waiter: Waiter, reply: Reply): void {
  const { requestId, request } = waiter;
  if (request !== undefined) emit(turn, { type: 'request-answered', requestId, request, reply });
  turn.effects.push({ type: 'settle', requestId, reply });
}
