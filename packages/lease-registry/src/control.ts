import { omitUndefined } from '@escarp/contract';
import { answerAsk, openAsks } from './ask.js';
import { leaseAt } from './apply.js';
import type { ReturnControl, TakeControl } from './command.js';
import type { ControlOutcome } from './lease-record.js';
import { refused, type Reply } from './reply.js';
import type { Lease } from './state.js';
import { emit, type StepContext } from './step-context.js';

/** A person takes over. The TTL does not run meanwhile, for as long as the limit `controlMs` allows. */
export function takeControl(context: StepContext, { key, fence, who, reason }: TakeControl): Reply {
  const lease = leaseWith(context, key, fence);
  if (lease === undefined) return refused('unknown_lease');
  if (lease.control?.by === 'human') return refused('human_in_control');
  const { wallMs: since } = context.now;
  const expiresAt = since + context.state.limits.controlMs;
  const control = { by: 'human', since, expiresAt, ...omitUndefined({ who, reason }) } as const;
  emit(context, { type: 'control-taken', key, fence, control });
  return { type: 'controlled', lease: leaseAt(context.state, key) };
}

/**
 * A person hands back, which answers what the holder asked for too. The holder has a full TTL from then. Does nothing if it
 * has control already.
 */
export function returnControl(context: StepContext, command: ReturnControl): Reply {
  const { key, fence, outcome, who, note } = command;
  const lease = leaseWith(context, key, fence);
  if (lease === undefined) return refused('unknown_lease');
  if (lease.control?.by === 'human') {
    handBack(context, lease, { outcome, ...omitUndefined({ who, note }) });
    for (const ask of openAsks(lease)) answerAsk(context, lease, ask.id, command);
  }
  return { type: 'controlled', lease: leaseAt(context.state, key) };
}

/** Gives control back to the holder, as its person or the passing of time wants it. */
export function handBack(
  context: StepContext,
  { key, fence }: Lease,
  how: { readonly outcome: ControlOutcome; readonly who?: string; readonly note?: string },
): void {
  const control = { by: 'agent', since: context.now.wallMs, ...how } as const;
  emit(context, { type: 'control-returned', key, fence, control });
}

/** The lease on this resource, if the fence is still its. */
function leaseWith({ state }: StepContext, key: string, fence: number): Lease | undefined {
  const lease = state.leases.get(key);
  return lease?.fence === fence ? lease : undefined;
}
