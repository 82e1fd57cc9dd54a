import type { RegistryEvent, Resource } from '@escarp/lease-registry';
import type { OperationHandlers, OperationInput, SlotView } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import { acquireLease } from './acquire-lease.js';
import type { LeaseOperations } from './ports.js';
import { omitUndefined } from '@escarp/contract';
import { keyOf } from '../slots/slot-key.js';
import type { Vacancy } from '../slots/slot-views.js';
import { slotView, vacantView } from '../slots/slot-views.js';
import { endOf, liveLease, viewOfLive } from './live-lease.js';
import { expectReply, submit } from './submit.js';
import { untilEvent } from '../journal/until-event.js';

type LeaseHandlers = Pick<OperationHandlers, 'acquire' | 'heartbeat' | 'release' | 'handoff' | 'revoke'>;

/** What holders do with their leases, and what an operator does to them. */
export function leaseHandlers(broker: LeaseOperations): LeaseHandlers {
  return {
    acquire: (input, call) => acquireLease(broker, input, call),
    heartbeat: (input) => renew(broker, input),
    release: (input, call) => release(broker, input, call.signal),
    handoff: (input) => offer(broker, input),
    revoke: (input, call) => revoke(broker, input, call.signal),
  };
}

async function renew(broker: LeaseOperations, { leaseToken, ttlS, requestId }: OperationInput<'heartbeat'>) {
  const tokenDigest = broker.tokens.digestOf(leaseToken);
  const reply = await submit(broker, {
    type: 'renew',
    tokenDigest,
    ...(ttlS === undefined ? {} : { ttlMs: ttlS * 1_000 }),
    ...omitUndefined({ requestId }),
  });
  const { lease } = expectReply(broker, reply, 'renewed');
  broker.metrics.count('escarp_renewals_total');
  return viewOfLive(broker, lease, leaseToken);
}

async function release(broker: LeaseOperations, input: OperationInput<'release'>, signal: AbortSignal) {
  const { leaseToken, requestId, noWait } = input;
  const tokenDigest = broker.tokens.digestOf(leaseToken);
  const reply = await submit(broker, { type: 'release', tokenDigest, ...omitUndefined({ requestId }) });
  const { ended } = expectReply(broker, reply, 'released');
  return afterEnd(broker, ended.key, noWait === true, signal);
}

/** Also succeeds for a slot that nobody holds any more: it is free, or about to be. */
async function revoke(
  broker: LeaseOperations,
  { noWait, ...address }: OperationInput<'revoke'>,
  signal: AbortSignal,
) {
  const key = keyOf(address);
  const reply = await submit(broker, { type: 'revoke', key });
  if (reply.type === 'refused' && reply.code === 'resource_not_leased') return currentView(broker, key);
  expectReply(broker, reply, 'released');
  return afterEnd(broker, key, noWait === true, signal);
}

async function offer(
  broker: LeaseOperations,
  { leaseToken, to, ttlS, requestId }: OperationInput<'handoff'>,
) {
  const { tokens, options } = broker;
  const tokenDigest = tokens.digestOf(leaseToken);
  // The code must be the same when a request is repeated after its reply was lost, and different from that of any other
  // offer.
  const code = tokens.handoffOf(`${tokenDigest}\n${requestId ?? options.machine.clocks.newId()}`);
  const reply = await submit(broker, {
    type: 'offer',
    tokenDigest,
    to,
    codeDigest: tokens.digestOf(code),
    ...(ttlS === undefined ? {} : { ttlMs: ttlS * 1_000 }),
    ...omitUndefined({ requestId }),
  });
  const { lease } = expectReply(broker, reply, 'offered');
  // A repeated offer may have been accepted already, which ended its lease.
  if (liveLease(broker.registry.state, lease) === undefined) throw await endOf(broker, lease);
  return { handoff: code, expiresAt: (lease.offer?.expiresAt ?? 0) / 1_000 };
}

function currentView({ known, registry }: LeaseOperations, key: string): SlotView {
  const resource = registry.state.resources.get(key);
  if (resource === undefined) throw new OperationError('unknown_slot');
  return slotView(known, registry.state, resource);
}

/**
 * What the slot is like when the lease has ended and, unless nobody waits for it, the reset is over. It says nothing
 * about who has held the slot since, or about the browser, which may be that holder's. A caller that hangs up changes
 * nothing.
 */
async function afterEnd(
  { registry, known, feed, stopping }: LeaseOperations,
  key: string,
  noWait: boolean,
  signal: AbortSignal,
): Promise<SlotView> {
  const before = registry.state.resources.get(key);
  let vacancy = vacancyOf(before);
  if (!noWait) {
    await untilEvent(feed, [signal, stopping], (event) => {
      vacancy =
        event === undefined
          ? vacancyOf(registry.state.resources.get(key))
          : vacancyAfter(event, key, vacancy);
      return vacancy.state !== 'resetting';
    });
  }
  const resource = registry.state.resources.get(key) ?? before;
  if (resource === undefined) throw new OperationError('unknown_slot');
  return vacantView(known, resource, vacancy);
}

/** A slot that has been leased again was clean in between. */
function vacancyOf(resource: Resource | undefined): Vacancy {
  const { state, lastError = null } = resource ?? {};
  if (state === 'resetting') return { state, lastError: null };
  if (state === 'quarantined' || state === 'starting') return { state, lastError };
  return { state: 'free', lastError: null };
}

function vacancyAfter({ change }: RegistryEvent, key: string, before: Vacancy): Vacancy {
  if (!('key' in change) || change.key !== key) return before;
  if (change.type === 'resource-quarantined') return { state: 'quarantined', lastError: change.error };
  if (change.type === 'resource-free' || change.type === 'resource-removed')
    return { state: 'free', lastError: null };
  return before;
}
