import type { SavedLogin } from '@escarp/saved-logins';
import { OperationError } from '@escarp/transport';
import type { SlotDriver } from '../slots/slot-driver.js';
import type { SavedLogins } from './saved-logins.js';

type ProfileDriver = Pick<SlotDriver, 'withProfile' | 'relaunch'>;

/** What saving needs to know besides the login. */
export interface Saving {
  /** The version that is replaced. */
  readonly over: number;
  /** Whether anybody still needs the browser once its profile was read: not after its lease has ended. */
  readonly isNeeded: () => boolean;
}

/**
 * Seals what was captured in a slot. A full login takes the browser's profile, for which the browser quits; one that is still
 * needed is there again in any case.
 */
export async function saveFrom(
  driver: ProfileDriver,
  logins: SavedLogins,
  captured: SavedLogin,
  { over, isNeeded }: Saving,
): Promise<void> {
  if (!isFull(captured)) return logins.save(captured, over);
  const seal = (profile: string): Promise<void> => logins.save(captured, over, profile);
  try {
    await usingProfile(driver, seal, isNeeded() ? 'relaunch' : undefined);
  } catch (error) {
    // Whoever has the slot goes on without the login, but not without a browser.
    if (isNeeded()) await driver.relaunch().catch(() => {});
    throw error;
  }
}

/** Puts the profile of a full login into a clean slot; does nothing for other logins. */
export async function applyProfile(
  driver: ProfileDriver,
  logins: SavedLogins,
  opened: readonly SavedLogin[],
): Promise<void> {
  refuseCombined(opened);
  const full = opened.find(isFull);
  if (full === undefined) return;
  const { name, version } = full.metadata;
  await usingProfile(driver, (profile) => logins.unpackProfile(name, version, profile), 'clean');
}

/** A browser has one profile: a full login is leased alone. Throws `bad_request`. */
export function refuseCombined(opened: readonly SavedLogin[]): void {
  const full = opened.find(isFull);
  if (full === undefined || opened.length === 1) return;
  throw new OperationError('bad_request', {
    message: `The login ${full.metadata.name} is a full one, which a browser can have only by itself.`,
    hint: 'Acquire it in a lease of its own, or save it without --full.',
    details: { field: 'login' },
  });
}

async function usingProfile(driver: ProfileDriver, ...use: Parameters<ProfileDriver['withProfile']>) {
  try {
    await driver.withProfile(...use);
  } catch (cause) {
    if (cause instanceof OperationError) throw cause;
    throw new OperationError('browser_launch_failed', {
      message: 'The browser could not be closed and started again with its profile.',
      cause,
    });
  }
}

function isFull({ metadata }: SavedLogin): boolean {
  return metadata.form === 'profile';
}
