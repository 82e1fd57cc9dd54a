import { omitUndefined } from '@escarp/contract';
import { leaseAt } from './apply.js';
import type { AnswerAsk, AskPerson, Decide, ReturnControl, TakeControl } from './command.js';
import { heldLease } from './idempotency.js';
import type { Ask, AskAnswer, Lease } from './lease.js';
import { refused, type Reply } from './reply.js';
import { settle } from './grant.js';
import { emit, nextName, type StepContext } from './step-context.js';
import { isPending } from './waiter.js';

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

/** A person takes over. The TTL does not run meanwhile, for as long as the limit `controlMs` allows. */
export function takeControl(context: StepContext, { key, fence, who, reason }: TakeControl): Reply {
  const lease = context.state.leases.under({ key, fence });
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
  const { key } = command;
  const lease = context.state.leases.under(command);
  if (lease === undefined) return refused('unknown_lease');
  if (lease.control?.by === 'human') {
    handBack(context, lease, command);
    for (const { id } of openAsks(lease)) answerAsk(context, lease, id, command);
  }
  return { type: 'controlled', lease: leaseAt(context.state, key) };
}

/** Gives control back to the holder, as its person or the passing of time wants it. */
export function handBack(
  context: StepContext,
  { key, fence }: Lease,
  { outcome, who, note }: Omit<AskAnswer, 'at'>,
): void {
  const since = context.now.wallMs;
  const control = { by: 'agent', outcome, since, ...omitUndefined({ who, note }) } as const;
  emit(context, { type: 'control-returned', key, fence, control });
}

/** Keeps a holder's request for a person with its lease, until it is answered, its time is over or the lease ends. */
export function ask(context: StepContext, command: AskPerson): Reply {
  const lease = heldLease(context.state, command.tokenDigest);
  if ('code' in lease) return lease;
  const { limits } = context.state;
  if (openAsks(lease).length >= limits.asksMax) return refused('quota_exceeded', { subject: 'asks' });
  const { key, fence } = lease;
  const { reason, instructions } = command;
  const timeoutMs = Math.min(command.timeoutMs ?? limits.askMs, limits.waitMaxMs);
  const { wallMs: askedAt } = context.now;
  const id = nextName(context);
  const made = { id, reason, ...omitUndefined({ instructions }), askedAt, expiresAt: askedAt + timeoutMs };
  emit(context, { type: 'ask-made', key, fence, ask: made, timeoutMs });
  return { type: 'asked', id, key, fence };
}

/** A person's answer to what a holder asked for. */
export function answerOpen(context: StepContext, command: AnswerAsk): Reply {
  const { id } = command;
  const lease = context.state.leases.under(command);
  if (lease === undefined) return refused('unknown_lease');
  if (!openAsks(lease).some((one) => one.id === id)) return refused('unknown_ask');
  answerAsk(context, lease, id, command);
  return { type: 'done' };
}

/** Records how an open request for a person ended. */
export function answerAsk(
  context: StepContext,
  { key, fence }: Lease,
  id: string,
  { outcome, who, note }: Omit<AskAnswer, 'at'>,
): void {
  const told = { outcome, at: context.now.wallMs, ...omitUndefined({ who, note }) };
  emit(context, { type: 'ask-answered', key, fence, id, answer: told });
}

/** What a holder has asked for and nobody has answered, oldest first. */
export function openAsks({ asks }: Pick<Lease, 'asks'>): Ask[] {
  return asks.filter((one) => one.answer === undefined);
}
