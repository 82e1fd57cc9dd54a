import type { PictureState } from '../wire/index.js';
import type { CastFrame } from './cast-frame.js';
import type { CastSettings } from './cast-settings.js';

/** Somebody who watches a slot. */
export interface Watcher {
  readonly settings: CastSettings;
  /** The tab that was chosen; undefined for the one opened last. */
  readonly tab: number | undefined;
  /** Whether it would draw another frame now. */
  readonly isReady: () => boolean;
  readonly onFrame: (frame: CastFrame) => void;
  readonly onState: (state: PictureState) => void;
}
