import { IdentityError } from '../errors.js';
import { parseXAddress } from './x-address.js';
import type { XTarget } from './x-connection.js';

/** What the daemon's own environment says of the desktop it runs in; null for what is not set. */
export type SessionEnvironment = {
  /** DISPLAY */
  display: string | null;
  /** XAUTHORITY, or the user's ~/.Xauthority */
  authorityPath: string | null;
  /** WAYLAND_DISPLAY */
  waylandDisplay: string | null;
};

/** The display that slots share when they have none of their own. Throws `display_missing`. */
export function sessionTarget({ display, authorityPath, waylandDisplay }: SessionEnvironment): XTarget {
  if (display !== null) return { address: parseXAddress(display), authorityPath };
  const hint = 'Start escarp with --displays, which gives each slot a display of its own, or run headless.';
  if (waylandDisplay !== null) {
    throw new IdentityError(
      'display_missing',
      'This Wayland session has no XWayland, and Wayland tells nobody whose window is whose.',
      { hint },
    );
  }
  throw new IdentityError('display_missing', 'There is no display: DISPLAY is not set.', { hint });
}
