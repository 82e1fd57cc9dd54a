import type { SlotView } from './slot-view.js';

/** The slot's own application on macOS, by which native computer use addresses it. */
export const applicationFields = [
  'cuaAppBundleId',
  'cuaAppName',
  'cuaAppPath',
] as const satisfies readonly (keyof SlotView)[];

/** The slot's X display on Linux, and its window there. */
export const displayFields = [
  'display',
  'displayAuthority',
  'wmClass',
] as const satisfies readonly (keyof SlotView)[];

/**
 * What of a leased slot is told to its holder alone. Whoever reaches DevTools controls the browser; with a tab's id any
 * page can have Chrome close that tab; and with the Xauthority file any program can type into the display.
 */
export const holderFields = [
  'cdpWsUrl',
  'cdpTargetId',
  'cdpWindowId',
  'displayAuthority',
] as const satisfies readonly (keyof SlotView)[];
