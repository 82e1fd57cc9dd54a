import type { Accept, Acquire, Lease, Reply, Resource } from '@escarp/lease-registry';
import { JournalUnavailable } from '@escarp/lease-registry';
import type {
  Call,
  LeaseScope,
  LeaseView,
  OperationHandlers,
  OperationInput,
  SlotView,
} from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import type { Broker } from './broker.js';
import { untilEvent } from './broker.js';
import { refusalError } from './refusals.js';
import { keyOf, slotOf } from './slot-key.js';
import { freeView, leaseView, slotView } from './slot-views.js';

type LeaseHandlers = Pick<OperationHandlers, 'acquire' | 'heartbeat' | 'release' | 'handoff' | 'revoke'>;
type Granted = Extract<Reply, { type: 'granted' }>;

/** What holders do with their leases, and what an operator does to them. */
export function leaseHandlers(broker: Broker): LeaseHandlers {
  const { registry, tokens, metrics } = broker;
  return {
    acquire: (input, call) =>
      input.handoff === undefined ? acquire(broker, input, call) : accept(broker, input),
    heartbeat: async ({ leaseToken, requestId }) => {
      const tokenDigest = tokens.digestOf(leaseToken);
      const reply = await registry.submit({ type: 'renew', tokenDigest, ...given({ requestId }) });
      const { lease } = expect(broker, reply, 'renewed');
      metrics.count('escarp_renewals_total');
      return viewOf(broker, lease, leaseToken);
    },
    release: async ({ leaseToken, requestId, noWait }, call) => {
      const tokenDigest = tokens.digestOf(leaseToken);
      const reply = await recorded(
        registry.submit({ type: 'release', tokenDigest, ...given({ requestId }) }),
      );
      const { ended } = expect(broker, reply, 'released');
      return noWait === true ? currentView(broker, ended.key) : untilClean(broker, ended.key, call.signal);
    },
    handoff: async ({ leaseToken, to, ttlS, requestId }) =>
      offer(broker, { leaseToken, to, ttlS, requestId }),
    revoke: async ({ slot }, call) => {
      const key = keyOf(slot);
      const reply = await recorded(registry.submit({ type: 'revoke', key }));
      if (reply.type === 'refused' && reply.code === 'resource_not_leased') return currentView(broker, key);
      expect(broker, reply, 'released');
      return untilClean(broker, key, call.signal);
    },
  };
}

async function acquire(broker: Broker, input: OperationInput<'acquire'>, call: Call): Promise<LeaseView> {
  const { requestId, slot, labels, waitS } = input;
  const command: Acquire = {
    type: 'acquire',
    requestId: requestId ?? broker.options.machine.clocks.newId(),
    anonymous: requestId === undefined,
    ...newLease(broker, input),
    selector: { ...(slot === undefined ? {} : { key: keyOf(slot) }), ...given({ labels }) },
    ...(waitS === undefined ? {} : { waitMs: waitS * 1_000 }),
  };
  const reply = await recorded(broker.registry.acquire(command, call.signal));
  const granted = expect(broker, reply, 'granted');
  // Without a request id of its own a caller that has gone can never learn its token.
  if (requestId === undefined) call.onUndelivered(() => retract(broker, command, granted));
  return freshView(broker, granted.lease);
}

async function accept(broker: Broker, input: OperationInput<'acquire'>): Promise<LeaseView> {
  const { requestId, handoff = '' } = input;
  const command: Accept = {
    type: 'accept',
    requestId: requestId ?? broker.options.machine.clocks.newId(),
    ...newLease(broker, input),
    codeDigest: broker.tokens.digestOf(handoff),
  };
  const granted = expect(broker, await recorded(broker.registry.submit(command)), 'granted');
  return freshView(broker, granted.lease);
}

async function offer(broker: Broker, input: Omit<OperationInput<'handoff'>, never>) {
  const { registry, tokens, options } = broker;
  const { leaseToken, to, ttlS, requestId } = input;
  // The code must be the same when a lost reply is asked for again.
  const code = tokens.handoffOf(requestId ?? options.machine.clocks.newId());
  const reply = await recorded(
    registry.submit({
      type: 'offer',
      tokenDigest: tokens.digestOf(leaseToken),
      to,
      codeDigest: tokens.digestOf(code),
      ...(ttlS === undefined ? {} : { ttlMs: ttlS * 1_000 }),
      ...given({ requestId }),
    }),
  );
  const { lease } = expect(broker, reply, 'offered');
  return { handoff: code, expiresAt: (lease.offer?.expiresAt ?? 0) / 1_000 };
}

function newLease(broker: Broker, { scope, ttlS, devPort }: OperationInput<'acquire'>) {
  const leaseId = broker.options.machine.clocks.newId();
  const tokenDigest = broker.tokens.digestOf(broker.tokens.tokenOf(leaseId));
  const ttl = ttlS === undefined ? {} : { ttlMs: ttlS * 1_000 };
  return { leaseId, tokenDigest, scope: plainScope(scope), attributes: given({ devPort }), ...ttl };
}

function plainScope({ holder, tenant, run, client }: LeaseScope) {
  return { holder, ...given({ tenant, run, client }) };
}

function retract(broker: Broker, { requestId }: Acquire, { lease }: Granted): void {
  const { tokenDigest } = lease;
  void broker.registry.submit({ type: 'retract', tokenDigest, requestId }).catch(() => {
    // The registry keeps what it could not write.
  });
}

/** The view after asking the system for the window once more: a new holder must be pointed at the right one. */
async function freshView(broker: Broker, lease: Lease): Promise<LeaseView> {
  await broker.identities.refresh(slotOf(lease.key));
  return viewOf(broker, lease, broker.tokens.tokenOf(lease.id));
}

function viewOf({ known, registry }: Broker, lease: Lease, leaseToken: string): LeaseView {
  const resource = registry.state.resources.get(lease.key);
  if (resource === undefined) throw new OperationError('unknown_slot');
  return leaseView(known, resource, lease, leaseToken);
}

function currentView({ known, registry }: Broker, key: string): SlotView {
  const resource = registry.state.resources.get(key);
  if (resource === undefined) throw new OperationError('unknown_slot');
  return slotView(known, registry.state, resource);
}

/** Answers when the reset is over, with the slot as it was at that moment. A caller that hangs up changes nothing. */
async function untilClean(broker: Broker, key: string, signal: AbortSignal): Promise<SlotView> {
  const { registry, known } = broker;
  const last: Resource | undefined = registry.state.resources.get(key);
  let becameFree = false;
  await untilEvent(broker, signal, (event) => {
    if (event === undefined) return registry.state.resources.get(key)?.state !== 'resetting';
    const { change } = event;
    if (!('key' in change) || change.key !== key) return false;
    becameFree = change.type === 'resource-free';
    return becameFree || change.type === 'resource-quarantined' || change.type === 'resource-removed';
  });
  const resource = registry.state.resources.get(key) ?? last;
  if (resource === undefined) throw new OperationError('unknown_slot');
  return becameFree ? freeView(known, resource) : slotView(known, registry.state, resource);
}

/** A reply of the expected kind, or the refusal as an error of the contract. */
function expect<T extends Reply['type']>(broker: Broker, reply: Reply, type: T): Extract<Reply, { type: T }> {
  if (isA(reply, type)) return reply;
  if (reply.type !== 'refused') throw new Error(`Expected ${type}, got ${reply.type}.`);
  broker.metrics.count('escarp_refusals_total', { code: reply.code });
  if (reply.code === 'lease_ended') broker.metrics.count('escarp_fenced_total');
  const { registry, known } = broker;
  throw refusalError(reply, () => {
    const { state } = registry;
    return state.resources.values().map((resource) => slotView(known, state, resource));
  });
}

function isA<T extends Reply['type']>(reply: Reply, type: T): reply is Extract<Reply, { type: T }> {
  return reply.type === type;
}

/** Turns a journal that cannot be written into the contract's error. */
async function recorded(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof JournalUnavailable)
      throw new OperationError('journal_unavailable', { cause: error });
    throw error;
  }
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Leaves out what was not given, which is not the same as given as undefined. */
function given<T extends object>(fields: T): Given<T> {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the entries are the object's own.
  return Object.fromEntries(kept) as Given<T>;
}
