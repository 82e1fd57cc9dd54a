import type { SlotView } from './slot-view.js';

/** The slot's own application on macOS, by which native computer use identifies it. */
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
 * What only the holder of a leased slot is told. Whoever reaches DevTools controls the browser; knowing a tab's id, any
 * page can make Chrome close that tab; and with the Xauthority file any program can type into the display.
 */
export const holderFields = [
  'cdpWsUrl',
  'cdpTargetId',
  'cdpWindowId',
  'displayAuthority',
] as const satisfies readonly (keyof SlotView)[];
