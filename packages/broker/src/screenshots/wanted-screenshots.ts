import type { Lease, RegistryState } from '@escarp/lease-registry';
import type { RecordedLease } from '@escarp/screenshots';
import type { OperationInput } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import type { Settings } from '../settings.js';
import { cdpPortOf } from '../slots/pool-ports.js';
import { slotOf } from '../slots/slot-key.js';

/** What a lease's attribute says: whether its screenshots are deleted with it, or kept. */
export type ScreenshotsWish = 'on' | 'keep';

/**
 * What an acquire asks for. What the operator wants of every lease is not wanted of one that is signed in, nor of one that
 * is handed over and may be: those have to say so themselves.
 *
 * @throws OperationError `bad_request` for screenshots that this daemon does not take.
 */
export function screenshotsWish(
  { screenshots, login, handoff }: OperationInput<'acquire'>,
  { screenshots: setting }: Pick<Settings, 'screenshots'>,
  canBeTaken: boolean,
): ScreenshotsWish | undefined {
  if (screenshots === 'off') return undefined;
  if (screenshots !== undefined) {
    if (setting === 'off' || !canBeTaken) throw notAllowed();
    return screenshots;
  }
  const isPlain = login === undefined && handoff === undefined;
  return canBeTaken && isPlain && (setting === 'on' || setting === 'keep') ? setting : undefined;
}

/** What was agreed on when the lease began. */
export function screenshotsOf({ attributes }: Lease): ScreenshotsWish | undefined {
  const { screenshots } = attributes;
  return screenshots === 'on' || screenshots === 'keep' ? screenshots : undefined;
}

/**
 * The leases of which pictures are taken now. None is while the browser is being signed in, and none while a person is in
 * control.
 */
export function recordedLeases({ leases }: Pick<RegistryState, 'leases'>, cdpBase: number): RecordedLease[] {
  return [...leases.values()].filter(isRecorded).map((lease) => {
    const slot = slotOf(lease.key);
    return {
      lease: lease.id,
      slot,
      fence: lease.fence,
      holder: lease.scope.holder,
      since: lease.acquiredAt / 1_000,
      cdpPort: cdpPortOf(slot, cdpBase),
      isKept: screenshotsOf(lease) === 'keep',
    };
  });
}

function isRecorded(lease: Lease): boolean {
  return screenshotsOf(lease) !== undefined && !lease.preparing && lease.control?.by !== 'human';
}

function notAllowed(): OperationError {
  return new OperationError('bad_request', {
    message: 'This daemon takes no screenshots of leases.',
    hint: 'Acquire without screenshots, or have the operator start the daemon without ESCARP_SCREENSHOTS=off.',
    details: { field: 'screenshots' },
  });
}
