import { omitUndefined } from '@escarp/contract';
import type { Ask, Lease, RegistryState } from '@escarp/lease-registry';
import type { Call, OperationHandlers, OperationInput } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import { untilEvent } from '../journal/until-event.js';
import { controlView } from '../slots/control-view.js';
import { addressOf } from '../slots/slot-key.js';
import { endOf, liveLease } from './live-lease.js';
import type { LeaseOperations } from './ports.js';
import { expectReply, submit } from './submit.js';

type PeopleHandlers = Pick<OperationHandlers, 'approve' | 'control' | 'ask' | 'answer'>;

/** What people decide about leases, and what holders ask them. */
export function peopleHandlers(broker: LeaseOperations): PeopleHandlers {
  return {
    approve: (input) => approve(broker, input),
    control: (input) => control(broker, input),
    ask: (input, call) => ask(broker, input, call),
    answer: (input) => answer(broker, input),
  };
}

async function approve(
  broker: LeaseOperations,
  { id, approve: approved, who, note }: OperationInput<'approve'>,
) {
  const said = omitUndefined({ by: who, note });
  expectReply(broker, await submit(broker, { type: 'decide', id, isApproved: approved, ...said }), 'done');
  return { id, approved };
}

async function control(broker: LeaseOperations, input: OperationInput<'control'>) {
  const { handle, action, fence: expected, who, reason, outcome, note } = input;
  const { key, fence } = leaseOf(broker.registry.state, handle) ?? (await refuseHandle(broker, handle));
  if (expected !== undefined && expected !== fence) throw new OperationError('lease_ended');
  const reply = await submit(
    broker,
    action === 'take'
      ? { type: 'take-control', key, fence, ...omitUndefined({ who, reason }) }
      : { type: 'return-control', key, fence, outcome, ...omitUndefined({ who, note }) },
  );
  const { lease } = expectReply(broker, reply, 'controlled');
  // What a person types is in no picture.
  if (action === 'take') await broker.screenshots.letGo();
  return { ...addressOf(key), fence, ...(lease.control && { control: controlView(lease.control) }) };
}

/** By its handle, or by the name of its slot, which is what people know. */
function leaseOf({ leases }: RegistryState, handle: string): Lease | undefined {
  return leases.get(handle) ?? leases.values().find(({ id }) => id === handle);
}

/** Throws `lease_ended`, with how and when, for the handle of a lease that is over; else `unknown_lease`. */
async function refuseHandle(broker: LeaseOperations, handle: string): Promise<never> {
  const { tokens } = broker;
  const reply = await submit(broker, { type: 'renew', tokenDigest: tokens.digestOf(tokens.tokenOf(handle)) });
  if (reply.type === 'refused' && reply.code === 'lease_ended') expectReply(broker, reply, 'renewed');
  throw new OperationError('unknown_lease', {
    message: 'No lease has this handle.',
    hint: 'escarp status lists the slots that are leased.',
  });
}

/** Waits for the answer. A caller that hangs up can come back for it by its request id. */
async function ask(broker: LeaseOperations, input: OperationInput<'ask'>, { signal }: Call) {
  const { handle, leaseToken, reason, instructions, timeoutS, requestId } = input;
  const tokenDigest = broker.tokens.digestOf(leaseToken);
  const named = broker.registry.state.leases.holding(tokenDigest)?.lease;
  if (named !== undefined && named.id !== handle) throw new OperationError('unknown_lease');
  const reply = await submit(broker, {
    type: 'ask',
    tokenDigest,
    reason,
    ...omitUndefined({ instructions, requestId }),
    ...(timeoutS === undefined ? {} : { timeoutMs: timeoutS * 1_000 }),
  });
  const { id, key, fence } = expectReply(broker, reply, 'asked');
  const asked = (): Ask | undefined => {
    const lease = broker.registry.state.leases.get(key);
    return lease?.fence === fence ? lease.asks.find((one) => one.id === id) : undefined;
  };
  const isOver = (): boolean => asked()?.answer !== undefined || asked() === undefined;
  await untilEvent(broker.feed, [signal, broker.stopping], isOver);
  const answered = asked()?.answer;
  if (answered !== undefined) {
    const { outcome, who, note } = answered;
    return { id, outcome, ...omitUndefined({ who, note, notice: broker.untold.noticeOf(id) }) };
  }
  throw isOver() ? await lossOf(broker, named, tokenDigest) : new OperationError('shutting_down');
}

/** Why a question is gone: with its lease, or because it was answered long ago and others have come since. */
async function lossOf(
  broker: LeaseOperations,
  lease: Lease | undefined,
  tokenDigest: string,
): Promise<OperationError> {
  const isLive = lease !== undefined && liveLease(broker.registry.state, lease) !== undefined;
  return isLive ? new OperationError('unknown_ask') : await endOf(broker, { tokenDigest });
}

async function answer(broker: LeaseOperations, { id, outcome, who, note }: OperationInput<'answer'>) {
  const lease = broker.registry.state.leases.values().find(({ asks }) => asks.some((one) => one.id === id));
  if (lease === undefined) throw new OperationError('unknown_ask');
  const { key, fence } = lease;
  const said = omitUndefined({ who, note });
  expectReply(broker, await submit(broker, { type: 'answer', key, fence, id, outcome, ...said }), 'done');
  return { id, outcome };
}
