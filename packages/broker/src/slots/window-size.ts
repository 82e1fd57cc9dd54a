import { defaultScreen, type ScreenSize } from '@escarp/os-identity';
import type { PoolFile } from '../state-directory/pool-file.js';

/**
 * The size of the slots' windows, in pixels, and of the displays that slots have of their own: without a window manager a
 * window is to fill the screen. One size for the whole pool, because only a launch shows whether the session has a screen.
 */
export function windowSizeOf({ displays }: Pick<PoolFile, 'displays'>): ScreenSize {
  return displays ? defaultScreen : { width: 1280, height: 800 };
}
