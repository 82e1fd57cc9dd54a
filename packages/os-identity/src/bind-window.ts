import { IdentityError } from './errors.js';
import type { Bounds } from './identity.js';

/** A top-level window as a platform lists it. */
export type SystemWindow = {
  id: number;
  pid: number | null;
  bounds: Bounds;
  title: string | null;
  wmClass: string | null;
  visible: boolean;
  /** A dialog or menu that belongs to another window, and is nobody's main window. */
  dialog: boolean;
};

/** Whose window is wanted; `wmClass` is null where the window system knows no classes. */
export type WantedWindow = { pid: number; wmClass: string | null; cdpBounds: Bounds | null };

/** DevTools rounds to whole units, and a window system may place a window a pixel off. */
const SAME_PLACE_TOLERANCE = 2;

/**
 * Tells a slot's window from all others: by its owner, and where the owner has several, by DevTools' bounds.
 * Throws `window_not_found` or `window_ambiguous`.
 */
export function bindWindow<W extends SystemWindow>(
  windows: readonly W[],
  wanted: WantedWindow,
): { window: W; note: string } {
  const owned = windows.filter((window) => !window.dialog && belongsTo(window, wanted));
  const candidates = owned.some((window) => window.visible)
    ? owned.filter((window) => window.visible)
    : owned;
  const [only, ...others] = candidates;
  if (only === undefined) throw new IdentityError('window_not_found', `No window of ${describe(wanted)}.`);
  if (others.length === 0) return { window: only, note: `the only window of ${describe(wanted)}` };
  return byGeometry(candidates, wanted);
}

export function samePlace(a: Bounds, b: Bounds): boolean {
  return (['x', 'y', 'width', 'height'] as const).every(
    (side) => Math.abs(a[side] - b[side]) <= SAME_PLACE_TOLERANCE,
  );
}

export function belongsTo(window: SystemWindow, wanted: WantedWindow): boolean {
  return window.pid === wanted.pid && (wanted.wmClass === null || window.wmClass === wanted.wmClass);
}

function byGeometry<W extends SystemWindow>(candidates: readonly W[], wanted: WantedWindow) {
  const { cdpBounds } = wanted;
  const matching = candidates.filter(({ bounds }) => cdpBounds !== null && samePlace(bounds, cdpBounds));
  const [window] = matching;
  if (window === undefined || matching.length > 1) {
    const ids = candidates.map(({ id }) => id).join(', ');
    throw new IdentityError(
      'window_ambiguous',
      `${describe(wanted)} has ${candidates.length} windows (${ids}) and their geometry does not tell which.`,
      { hint: 'Close the extra windows, or move one of them.' },
    );
  }
  return { window, note: `one of ${candidates.length} windows of ${describe(wanted)}, told by its geometry` };
}

function describe({ pid, wmClass }: WantedWindow): string {
  return wmClass === null ? `pid ${pid}` : `pid ${pid} with WM_CLASS ${wmClass}`;
}
