import type { Resource } from '@escarp/lease-registry';
import type { OperationHandlers, SlotView } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import type { Broker } from '../broker.js';
import { DaemonError } from '../errors.js';
import { keyOf } from '../slots/slot-key.js';
import { slotView } from '../slots/slot-views.js';
import { submit } from './submit.js';
import { addedCommand } from '../slots/reconcile.js';
import { Turns } from '../slots/turns.js';
import { untilEvent } from '../journal/until-event.js';

type PoolHandlers = Pick<OperationHandlers, 'poolAdd' | 'poolRemove'>;

/** Changes of the pool while it serves. A caller that hangs up changes nothing: what was begun is finished. */
export function poolHandlers(broker: Broker): PoolHandlers {
  const turns = new Turns<number>();
  return {
    poolAdd: ({ slot }) => turns.take(slot, () => addSlot(broker, slot)),
    poolRemove: (request, { signal }) => turns.take(request.slot, () => removeSlot(broker, request, signal)),
  };
}

/** Adds a slot and waits for its browser. One that does not come up, or cannot be recorded, is taken out again. */
async function addSlot(broker: Broker, slot: number): Promise<SlotView> {
  const { registry, options, known } = broker;
  const key = keyOf(slot);
  if (registry.state.resources.has(key)) throw new OperationError('slot_already_in_pool');
  refuseUnfit(broker, slot);
  await takeLock(broker, slot);
  const reply = await submit(broker, addedCommand(slot, options.pool)).catch(async (error: unknown) => {
    await takeOut(broker, slot);
    throw error;
  });
  if (reply.type === 'refused') throw new OperationError('slot_already_in_pool');
  const resource = await untilStarted(broker, key);
  if (resource === undefined || resource.state === 'quarantined') {
    await takeOut(broker, slot);
    throw launchError(options.heal, resource?.lastError);
  }
  await saved(broker.poolRecord.include(slot)).catch(async (error: unknown) => {
    await takeOut(broker, slot);
    throw error;
  });
  return slotView(known, registry.state, resource);
}

/** Before anything is launched: what is recorded must be read again at the next start. */
function refuseUnfit({ poolRecord }: Broker, slot: number): void {
  try {
    poolRecord.refuseUnfit(slot);
  } catch (error) {
    if (error instanceof DaemonError)
      throw new OperationError('pool_error', { message: error.message, hint: error.hint });
    throw error;
  }
}

/** A slot that was in the pool a moment ago may still be on its way down. */
async function takeLock({ locks }: Broker, slot: number): Promise<void> {
  await locks.released(slot);
  try {
    await locks.take(slot);
  } catch (error) {
    if (error instanceof DaemonError) throw new OperationError('pool_error', { message: error.message });
    throw error;
  }
}

async function untilStarted(
  { feed, registry, stopping }: Broker,
  key: string,
): Promise<Resource | undefined> {
  const now = (): Resource | undefined => registry.state.resources.get(key);
  await untilEvent(feed, stopping, () => now()?.state !== 'starting');
  if (stopping.aborted) throw new OperationError('shutting_down');
  return now();
}

/** The lock is let go when the browser is down. */
async function takeOut({ registry, locks }: Broker, slot: number): Promise<void> {
  try {
    await registry.submit({ type: 'removed', key: keyOf(slot) });
    await locks.released(slot);
  } catch {
    // The journal cannot be written. The slot is out all the same, and taken down when it can be again.
  }
}

function launchError(launches: boolean, reason: string | undefined): OperationError {
  const why = reason === undefined ? {} : { message: reason };
  return new OperationError(launches ? 'browser_launch_failed' : 'no_browser_on_port', why);
}

type Removal = Parameters<PoolHandlers['poolRemove']>[0];

async function removeSlot(
  broker: Broker,
  { slot, force = false, keepChrome = false }: Removal,
  gone: AbortSignal,
) {
  const { registry, feed, locks, slots, stopping } = broker;
  const key = keyOf(slot);
  const resource = registry.state.resources.get(key);
  if (resource === undefined) throw new OperationError('unknown_slot');
  if (resource.state === 'leased' && !force) throw new OperationError('slot_leased');
  // First, because a slot that is in the file and not in the pool would be back at the next start.
  await saved(broker.poolRecord.exclude(slot));
  broker.keepWhenRemoved(slot, keepChrome);
  await submit(broker, { type: force ? 'removed' : 'drain', key });
  // It may have been leased in the meantime, and is then removed when that lease ends.
  await untilEvent(feed, AbortSignal.any([stopping, gone]), () => !registry.state.resources.has(key));
  if (stopping.aborted || gone.aborted) throw new OperationError('shutting_down');
  await locks.released(slot);
  const left = keepChrome ? slots.facts(slot) : undefined;
  return { removed: true, slot, ...(left && { pid: left.pid, cdpPort: left.cdpPort }) };
}

async function saved(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OperationError('pool_error', { message: `The pool cannot be recorded: ${why}.`, cause });
  }
}
