import type { CastSettings } from '../pictures/cast-settings.js';

/** At most one picture of a tab in this time, but for those of pages that are left. */
export const everyMs = 2_000;
/** A page is drawn in pieces, and has its title a little later. */
export const settledMs = 300;
/** A page that changes its address all the time is no reason for more pictures than this. */
export const navigationMs = 500;
/** Tabs of one lease that are pictured at a time, those that were opened last. */
export const tabsMax = 8;
/** Pictures that wait to be written; what comes while the disk does not keep up is left out. */
export const waitingMax = 16;

/** Enough to recognise what an agent did, in 20 to 60 kB. */
export const stripPictures: CastSettings = {
  width: 1_024,
  height: 640,
  quality: 60,
  intervalMs: everyMs,
  mayBeDraft: false,
};
