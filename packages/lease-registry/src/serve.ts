import type { Cancel } from './command.js';
import { grant } from './grant.js';
import { firstInQueue } from './wait-queue.js';
import { refused, type Reply } from './reply.js';
import type { Resource, Waiter } from './state.js';
import { emit, type StepContext } from './step-context.js';

/** Grants a resource that became free to the first waiter that it can serve. */
export function serve(context: StepContext, resource: Resource | undefined): void {
  if (resource === undefined) return;
  const waiter = firstInQueue(context.state, resource);
  if (waiter === undefined) return;
  emit(context, { type: 'waiter-left', requestId: waiter.requestId, how: 'granted' });
  const lease = grant(context, resource, waiter, waiter);
  settle(context, waiter, { type: 'granted', lease });
}

/** Grants what is free to all who can have it by now, because what they claim may have become free. */
export function serveFree(context: StepContext): void {
  for (const resource of context.state.free.values()) serve(context, resource);
}

/** Answers a waiter that has just left the queue. */
export function settle(context: StepContext, waiter: Waiter, reply: Reply): void {
  const { requestId, request } = waiter;
  if (request !== undefined) emit(context, { type: 'request-answered', requestId, request, reply });
  context.effects.push({ type: 'settle', requestId, reply });
}

/** Removes a waiter without remembering it: a caller that comes back joins the queue again. */
export function cancel(context: StepContext, { requestId }: Cancel): Reply {
  if (!context.state.waiters.has(requestId)) return { type: 'ignored' };
  emit(context, { type: 'waiter-left', requestId, how: 'cancelled' });
  context.effects.push({ type: 'settle', requestId, reply: refused('wait_cancelled') });
  return { type: 'done' };
}
