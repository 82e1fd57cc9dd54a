import type { OperationHandlers, OperationInput, SlotView } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import { acquireLease, viewOf } from './acquire-lease.js';
import type { Broker } from '../broker.js';
import { given } from '../given.js';
import { keyOf } from '../slots/slot-key.js';
import { freeView, slotView } from '../slots/slot-views.js';
import { expectReply, submit } from './submit.js';
import { untilEvent } from '../journal/until-event.js';

type LeaseHandlers = Pick<OperationHandlers, 'acquire' | 'heartbeat' | 'release' | 'handoff' | 'revoke'>;

/** What holders do with their leases, and what an operator does to them. */
export function leaseHandlers(broker: Broker): LeaseHandlers {
  return {
    acquire: (input, call) => acquireLease(broker, input, call),
    heartbeat: (input) => renew(broker, input),
    release: (input, call) => release(broker, input, call.signal),
    handoff: (input) => offer(broker, input),
    revoke: ({ slot }, call) => revoke(broker, keyOf(slot), call.signal),
  };
}

async function renew(broker: Broker, { leaseToken, requestId }: OperationInput<'heartbeat'>) {
  const tokenDigest = broker.tokens.digestOf(leaseToken);
  const reply = await submit(broker, { type: 'renew', tokenDigest, ...given({ requestId }) });
  const { lease } = expectReply(broker, reply, 'renewed');
  broker.metrics.count('escarp_renewals_total');
  return viewOf(broker, lease, leaseToken);
}

async function release(broker: Broker, input: OperationInput<'release'>, signal: AbortSignal) {
  const { leaseToken, requestId, noWait } = input;
  const tokenDigest = broker.tokens.digestOf(leaseToken);
  const reply = await submit(broker, { type: 'release', tokenDigest, ...given({ requestId }) });
  const { ended } = expectReply(broker, reply, 'released');
  return noWait === true ? currentView(broker, ended.key) : untilClean(broker, ended.key, signal);
}

/** Also fine with a slot that nobody holds any more: it is, or is about to be, free. */
async function revoke(broker: Broker, key: string, signal: AbortSignal): Promise<SlotView> {
  const reply = await submit(broker, { type: 'revoke', key });
  if (reply.type === 'refused' && reply.code === 'resource_not_leased') return currentView(broker, key);
  expectReply(broker, reply, 'released');
  return untilClean(broker, key, signal);
}

async function offer(broker: Broker, { leaseToken, to, ttlS, requestId }: OperationInput<'handoff'>) {
  const { tokens, options } = broker;
  const tokenDigest = tokens.digestOf(leaseToken);
  // The code must be the same when a lost reply is asked for again, and no other offer's.
  const code = tokens.handoffOf(`${tokenDigest}\n${requestId ?? options.machine.clocks.newId()}`);
  const reply = await submit(broker, {
    type: 'offer',
    tokenDigest,
    to,
    codeDigest: tokens.digestOf(code),
    ...(ttlS === undefined ? {} : { ttlMs: ttlS * 1_000 }),
    ...given({ requestId }),
  });
  const { lease } = expectReply(broker, reply, 'offered');
  return { handoff: code, expiresAt: (lease.offer?.expiresAt ?? 0) / 1_000 };
}

function currentView({ known, registry }: Broker, key: string): SlotView {
  const resource = registry.state.resources.get(key);
  if (resource === undefined) throw new OperationError('unknown_slot');
  return slotView(known, registry.state, resource);
}

/** Answers when the reset is over, with the slot as it was at that moment. A caller that hangs up changes nothing. */
async function untilClean(broker: Broker, key: string, signal: AbortSignal): Promise<SlotView> {
  const { registry, known, feed, stopping } = broker;
  const last = registry.state.resources.get(key);
  let becameFree = false;
  await untilEvent(feed, AbortSignal.any([signal, stopping]), (event) => {
    if (event === undefined) {
      const state = registry.state.resources.get(key)?.state;
      // A slot that has been leased again was clean in between.
      becameFree = state === 'free' || state === 'leased';
      return state !== 'resetting';
    }
    const { change } = event;
    if (!('key' in change) || change.key !== key) return false;
    becameFree = change.type === 'resource-free';
    return becameFree || change.type === 'resource-quarantined' || change.type === 'resource-removed';
  });
  const resource = registry.state.resources.get(key) ?? last;
  if (resource === undefined) throw new OperationError('unknown_slot');
  return becameFree ? freeView(known, resource) : slotView(known, registry.state, resource);
}
