import { setTimeout as pause } from 'node:timers/promises';
import type { Client, SlotView } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';

const everyMs = 100;

/**
 * Resolves when no slot is starting any more, with those that failed: they are tried again and again, and say why.
 * Throws `browser_launch_failed` if none came up.
 */
export async function untilSlotsAreUp(client: Client, interrupted: AbortSignal): Promise<SlotView[]> {
  const failed = new Map<number, SlotView>();
  for (;;) {
    const { slots } = await client.status();
    for (const view of slots) {
      if (view.state === 'quarantined') failed.set(view.slot, view);
      else if (view.state !== 'starting') failed.delete(view.slot);
    }
    const isOnItsWay = ({ slot, state }: SlotView): boolean =>
      state === 'resetting' || (state === 'starting' && !failed.has(slot));
    if (!slots.some(isOnItsWay)) {
      if (failed.size > 0 && failed.size === slots.length) throw noneCameUp([...failed.values()]);
      return [...failed.values()];
    }
    await pause(everyMs, undefined, { signal: interrupted });
  }
}

function noneCameUp(failed: readonly SlotView[]): OperationError {
  const causes = failed.map(({ slot, lastError }) => {
    const cause = lastError ?? 'no reason is known.';
    return `Slot ${slot}: ${cause.split('\n').join(' ')}`;
  });
  return new OperationError('browser_launch_failed', {
    message: `No slot came up. ${causes.join(' ')}`,
    details: { slots: failed.map(({ slot, state, lastError }) => ({ slot, state, lastError })) },
  });
}
