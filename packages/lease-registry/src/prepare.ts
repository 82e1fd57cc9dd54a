import type { Prepared, PrepareFailed } from './command.js';
import { end } from './release.js';
import type { Reply } from './reply.js';
import type { Lease } from './state.js';
import { emit, type StepContext } from './step-context.js';

/** A lease is ready for its holder, and lasts a full TTL from now. */
export function prepared(context: StepContext, { key, fence }: Prepared): Reply {
  if (preparing(context, key, fence) === undefined) return { type: 'ignored' };
  emit(context, { type: 'lease-prepared', key, fence });
  return { type: 'done' };
}

/** A lease could not be made ready: it ends before its holder has it, and the same request may be made again. */
export function prepareFailed(context: StepContext, { key, fence, requestId }: PrepareFailed): Reply {
  const lease = preparing(context, key, fence);
  if (lease === undefined) return { type: 'ignored' };
  if (requestId !== undefined) emit(context, { type: 'answer-forgotten', requestId });
  end(context, lease, 'unprepared');
  return { type: 'done' };
}

function preparing({ state }: StepContext, key: string, fence: number): Lease | undefined {
  const lease = state.leases.get(key);
  return lease?.fence === fence && lease.preparing ? lease : undefined;
}
