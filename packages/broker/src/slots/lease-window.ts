import type { Lease } from '@escarp/lease-registry';
import { IdentityError } from '@escarp/os-identity';
import type { IdentityDriver } from '@escarp/os-identity';
import { OperationError } from '@escarp/transport';
import { reasonOf } from './slot-faults.js';
import type { Slot } from './slot.js';

/** The attribute of a lease whose slot has a window although the pool is headless. */
export const windowAttribute = 'window';

/** Whether the slot of this lease has a window although the pool is headless. */
export function hasOwnWindow(lease: Pick<Lease, 'attributes'> | undefined): boolean {
  return lease?.attributes[windowAttribute] === true;
}

/** Throws `nowhere_to_show`, with what is missing, where no slot could be given a window. */
export async function refuseWithoutScreen(identity: IdentityDriver): Promise<void> {
  const reason = await identity.whyNoWindow();
  if (reason !== null) throw nowhereToShow(reason);
}

const recycleMs = 10_000;

/**
 * Replaces the browser of a slot whose lease is to have a window by one that has it. The lease itself says so to whatever
 * launches the slot's browser, until it ends.
 *
 * @throws OperationError `nowhere_to_show` or `browser_launch_failed`; then the slot must be reset.
 */
export async function openWindow({ driver, window }: Slot, closing: AbortSignal): Promise<void> {
  try {
    await driver.reset('recycle', { deadlineMs: recycleMs });
  } catch (error) {
    if (error instanceof IdentityError) throw nowhereToShow(error);
    throw new OperationError('browser_launch_failed', { details: { lastError: reasonOf(error) } });
  }
  await window.untilUp(closing);
}

function nowhereToShow({ message, hint, code }: IdentityError): OperationError {
  return new OperationError('nowhere_to_show', {
    message: `There is nowhere to show a window. ${message}`,
    ...(hint === null ? {} : { hint }),
    details: { reason: code },
  });
}
