import type { SlotAddress } from '@escarp/contract';
import { messageOf } from '@escarp/contract';
import type { Resource } from '@escarp/lease-registry';
import type { OperationHandlers, SlotView } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import type { PoolOperations } from './ports.js';
import { DaemonError } from '../errors.js';
import { keyOf } from '../slots/slot-key.js';
import { slotView } from '../slots/slot-views.js';
import { submit } from './submit.js';
import { addedCommand } from '../slots/reconcile.js';
import { KeyedMutex } from '../slots/keyed-mutex.js';
import { untilEvent } from '../journal/until-event.js';

type PoolHandlers = Pick<OperationHandlers, 'poolAdd' | 'poolRemove'>;

/** Changes to the pool while it serves. A caller that hangs up changes nothing: what was begun is finished. */
export function poolHandlers(broker: PoolOperations): PoolHandlers {
  const changes = new KeyedMutex<string>();
  return {
    poolAdd: (address) => changes.run(keyOf(address), () => addSlot(broker, address)),
    poolRemove: (request, { signal }) =>
      changes.run(keyOf(request), () => removeSlot(broker, request, signal)),
  };
}

/** Adds a slot and waits for its browser. A slot that does not come up, or cannot be recorded, is removed again. */
async function addSlot(broker: PoolOperations, address: SlotAddress): Promise<SlotView> {
  const { registry, options, known } = broker;
  const key = keyOf(address);
  if (registry.state.resources.has(key)) throw new OperationError('slot_already_in_pool');
  refuseUnfit(broker, address);
  await takeLock(broker, address);
  const reply = await submit(broker, addedCommand(address, options.pool)).catch(async (error: unknown) => {
    await takeOut(broker, address);
    throw error;
  });
  if (reply.type === 'refused') throw new OperationError('slot_already_in_pool');
  const resource = await untilStarted(broker, key);
  if (resource === undefined || resource.state === 'quarantined') {
    await takeOut(broker, address);
    throw launchError(options.heal, resource?.lastError);
  }
  await saved(broker.poolRecord.include(address.slot)).catch(async (error: unknown) => {
    await takeOut(broker, address);
    throw error;
  });
  return slotView(known, registry.state, resource);
}

/** Before anything is launched: the next start must be able to read what is recorded. */
function refuseUnfit({ poolRecord }: PoolOperations, { slot }: SlotAddress): void {
  try {
    poolRecord.refuseUnfit(slot);
  } catch (error) {
    if (error instanceof DaemonError)
      throw new OperationError('pool_error', { message: error.message, hint: error.hint });
    throw error;
  }
}

/** A slot that was in the pool a moment ago may still be shutting down. */
async function takeLock({ slots }: PoolOperations, address: SlotAddress): Promise<void> {
  const { lock } = slots.at(address);
  await lock.released();
  try {
    await lock.take();
  } catch (error) {
    if (error instanceof DaemonError) throw new OperationError('pool_error', { message: error.message });
    throw error;
  }
}

async function untilStarted(
  { feed, registry, stopping }: PoolOperations,
  key: string,
): Promise<Resource | undefined> {
  const now = (): Resource | undefined => registry.state.resources.get(key);
  await untilEvent(feed, [stopping], () => now()?.state !== 'starting');
  if (stopping.aborted) throw new OperationError('shutting_down');
  return now();
}

/** The lock is released when the browser is down. */
async function takeOut({ registry, slots }: PoolOperations, address: SlotAddress): Promise<void> {
  try {
    await registry.submit({ type: 'removed', key: keyOf(address) });
    await slots.at(address).lock.released();
  } catch {
    // The journal cannot be written. The slot is out of the pool all the same, and is shut down once the journal can be
    // written.
  }
}

function launchError(launches: boolean, reason: string | undefined): OperationError {
  const why = reason === undefined ? {} : { message: reason };
  return new OperationError(launches ? 'browser_launch_failed' : 'no_browser_on_port', why);
}

type Removal = Parameters<PoolHandlers['poolRemove']>[0];

async function removeSlot(
  broker: PoolOperations,
  { force = false, keepChrome = false, ...address }: Removal,
  gone: AbortSignal,
) {
  const { registry, feed, slots, stopping } = broker;
  const { key, controller, driver, lock } = slots.at(address);
  const resource = registry.state.resources.get(key);
  if (resource === undefined) throw new OperationError('unknown_slot');
  if (resource.state === 'leased' && !force) throw new OperationError('slot_leased');
  // First, because a slot that is in the file but not in the pool would be back at the next start.
  await saved(broker.poolRecord.exclude(address.slot));
  controller.keepWhenRemoved(keepChrome);
  await submit(broker, { type: force ? 'removed' : 'drain', key });
  // It may have been leased in the meantime, and is then removed when that lease ends.
  await untilEvent(feed, [stopping, gone], () => !registry.state.resources.has(key));
  if (stopping.aborted || gone.aborted) throw new OperationError('shutting_down');
  await lock.released();
  const left = keepChrome ? driver.facts() : undefined;
  return { removed: true, ...address, ...(left && { pid: left.pid, cdpPort: left.cdpPort }) };
}

async function saved(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (cause) {
    const why = messageOf(cause);
    throw new OperationError('pool_error', { message: `The pool cannot be recorded: ${why}.`, cause });
  }
}
