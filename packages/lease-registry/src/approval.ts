import { omitUndefined } from '@escarp/contract';
import type { Decide } from './command.js';
import { refused, type Reply } from './reply.js';
import { settle } from './serve.js';
import type { Waiter } from './state.js';
import { emit, type StepContext } from './step-context.js';

/** Whether a person has not decided yet about this request. */
export function isPending({ approval }: Waiter): boolean {
  return approval !== undefined && !approval.isGiven;
}

/**
 * A person's decision about one request, good once: whoever was approved is granted what it waits for when its turn comes,
 * whoever was denied is refused.
 */
export function decide(context: StepContext, { id, isApproved, by, note }: Decide): Reply {
  const waiter = [...context.state.waiters.values()].find((one) => one.approval?.id === id);
  if (waiter === undefined || !isPending(waiter)) return refused('unknown_approval');
  const { requestId } = waiter;
  emit(context, { type: 'approval-decided', id, requestId, isApproved, ...omitUndefined({ by, note }) });
  if (isApproved) return { type: 'done' };
  emit(context, { type: 'waiter-left', requestId, how: 'refused' });
  settle(context, waiter, refused('approval_denied', omitUndefined({ note })));
  return { type: 'done' };
}
