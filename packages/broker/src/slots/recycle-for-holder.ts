import { IdentityError } from '@escarp/os-identity';
import { OperationError } from '@escarp/transport';
import { nowhereToShow } from './lease-window.js';
import type { SlotDriver } from './slot-driver.js';
import { reasonOf } from './slot-faults.js';

const recycleMs = 10_000;

/**
 * Replaces the browser of a slot that a lease has been granted and that nobody has been told of yet: by one with a window,
 * if the lease says so to whatever launches it, and by one that holds nothing of what a login must not meet.
 *
 * @throws OperationError `nowhere_to_show` or `browser_launch_failed`; then the slot must be reset.
 */
export async function recycleForHolder(driver: Pick<SlotDriver, 'reset'>): Promise<void> {
  try {
    await driver.reset('recycle', { deadlineMs: recycleMs });
  } catch (error) {
    if (error instanceof IdentityError) throw nowhereToShow(error);
    throw new OperationError('browser_launch_failed', { details: { lastError: reasonOf(error) } });
  }
}
