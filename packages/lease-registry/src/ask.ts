import { omitUndefined } from '@escarp/contract';
import type { AnswerAsk, AskPerson } from './command.js';
import { answer, cachedReply, heldLease } from './idempotency.js';
import type { Ask, AskAnswer } from './lease-record.js';
import { refused, type Reply } from './reply.js';
import type { Lease } from './state.js';
import { emit, nextName, type StepContext } from './step-context.js';

/** Keeps a holder's request for a person with its lease, until it is answered, its time is over or the lease ends. */
export function ask(context: StepContext, command: AskPerson): Reply {
  const earlier = cachedReply(context.state, command);
  if (earlier !== undefined) return earlier;
  const lease = heldLease(context.state, command.tokenDigest);
  if ('code' in lease) return answer(context, command, lease);
  const { limits } = context.state;
  if (openAsks(lease).length >= limits.asksMax) return refused('quota_exceeded', { subject: 'asks' });
  const { key, fence } = lease;
  const { reason, instructions } = command;
  const timeoutMs = Math.min(command.timeoutMs ?? limits.askMs, limits.waitMaxMs);
  const { wallMs: askedAt } = context.now;
  const id = nextName(context);
  const made = { id, reason, ...omitUndefined({ instructions }), askedAt, expiresAt: askedAt + timeoutMs };
  emit(context, { type: 'ask-made', key, fence, ask: made, timeoutMs });
  return answer(context, command, { type: 'asked', id, key, fence });
}

/** A person's answer to what a holder asked for. */
export function answerOpen(context: StepContext, command: AnswerAsk): Reply {
  const { key, fence, id } = command;
  const lease = context.state.leases.get(key);
  if (lease?.fence !== fence) return refused('unknown_lease');
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
