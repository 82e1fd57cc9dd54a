import type { RegistryState } from '@escarp/lease-registry';
import type { OperationHandlers, SlotView } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import type { Broker } from './broker.js';
import { addedCommand, untilEvent } from './broker.js';
import { DaemonError } from './errors.js';
import { writePoolFile } from './pool-file.js';
import { keyOf, slotOf } from './slot-key.js';
import { slotView } from './slot-views.js';

type PoolHandlers = Pick<
  OperationHandlers,
  'status' | 'reaped' | 'poolAdd' | 'poolRemove' | 'healthz' | 'readyz'
>;

const reapedMax = 50;

/** How often a lease can be reaped late: the wake tolerance a holder should reckon with, in seconds. */
const reaperIntervalS = 2;

export function poolHandlers(broker: Broker, version: string): PoolHandlers {
  return {
    status: () => status(broker, version),
    reaped: async () => ({ reaped: reapedLeases(broker.registry.state) }),
    poolAdd: ({ slot }, call) => addSlot(broker, slot, call.signal),
    poolRemove: ({ slot, force }, call) => removeSlot(broker, slot, force === true, call.signal),
    healthz: async () => ({ ok: true, version }),
    readyz: async () => {
      if (isServing(broker.registry.state)) return { ready: true };
      throw new OperationError('not_ready');
    },
  };
}

async function status(broker: Broker, version: string) {
  const { registry, known, memory, identities } = broker;
  const slots = registry.state.resources.values().map(({ key }) => slotOf(key));
  memory.refresh(slots);
  await Promise.all(slots.map((slot) => identities.refresh(slot)));
  const { state } = registry;
  const views = state.resources.values().map((resource) => slotView(known, state, resource));
  return {
    poolSize: views.length,
    leaseTtlS: state.limits.ttlMs / 1_000,
    reaperIntervalS,
    slots: views.toSorted((a, b) => a.slot - b.slot),
    queueLength: state.waiters.size,
    version,
    revision: state.revision,
  };
}

function reapedLeases({ ended }: RegistryState) {
  const all = [...ended.old.values(), ...ended.young.values()].filter(({ how }) => how === 'expired');
  const newestFirst = all.toSorted((a, b) => b.endedAt - a.endedAt).slice(0, reapedMax);
  return newestFirst.map(({ key, holder, fence, acquiredAt, renewedAt, endedAt }) => ({
    slot: slotOf(key),
    holder,
    fence,
    acquiredAt: acquiredAt / 1_000,
    lastHeartbeat: renewedAt === acquiredAt ? null : renewedAt / 1_000,
    reapedAt: endedAt / 1_000,
  }));
}

function isServing({ resources }: RegistryState): boolean {
  return resources
    .values()
    .some(({ state }) => state === 'free' || state === 'leased' || state === 'resetting');
}

/** Adds a slot and waits for its browser. One that does not come up is taken out again. */
async function addSlot(broker: Broker, slot: number, signal: AbortSignal): Promise<SlotView> {
  const { registry, locks, options, known } = broker;
  const key = keyOf(slot);
  if (registry.state.resources.has(key)) throw new OperationError('slot_already_in_pool');
  await takeLock(broker, slot);
  const reply = await registry.submit(addedCommand(slot, options.pool));
  if (reply.type === 'refused') throw new OperationError('slot_already_in_pool');
  await untilEvent(broker, signal, () => registry.state.resources.get(key)?.state !== 'starting');
  const resource = registry.state.resources.get(key);
  if (resource === undefined || resource.state === 'quarantined') {
    await registry.submit({ type: 'removed', key });
    await locks.release(slot);
    throw launchError(options.heal, resource?.lastError);
  }
  await savePool(broker);
  return slotView(known, registry.state, resource);
}

async function takeLock({ locks }: Broker, slot: number): Promise<void> {
  try {
    await locks.take(slot);
  } catch (error) {
    if (error instanceof DaemonError) throw new OperationError('pool_error', { message: error.message });
    throw error;
  }
}

function launchError(launches: boolean, reason: string | undefined): OperationError {
  const why = reason === undefined ? {} : { message: reason };
  return new OperationError(launches ? 'browser_launch_failed' : 'no_browser_on_port', why);
}

async function removeSlot(broker: Broker, slot: number, force: boolean, signal: AbortSignal) {
  const { registry } = broker;
  const key = keyOf(slot);
  const resource = registry.state.resources.get(key);
  if (resource === undefined) throw new OperationError('unknown_slot');
  if (resource.state === 'leased' && !force) throw new OperationError('slot_leased');
  await registry.submit({ type: force ? 'removed' : 'drain', key });
  await untilEvent(broker, signal, () => !registry.state.resources.has(key));
  await broker.disposed(slot);
  await savePool(broker);
  return { removed: true, slot };
}

/** What the pool is now is what the next daemon starts with. */
async function savePool({ registry, options }: Broker): Promise<void> {
  const { directory, pool, machine } = options;
  const slots = registry.state.resources.values().map(({ key }) => slotOf(key));
  await writePoolFile(
    directory.pool,
    { ...pool, slots: slots.toSorted((a, b) => a - b) },
    machine.clocks.newId,
  );
}
