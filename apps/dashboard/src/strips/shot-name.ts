import type { StripShot } from '@escarp/live-view/wire';
import { timeOfDay } from '../text/time-of-day.js';

/** A screenshot in words: "14:03:21, Checkout". */
export const shotName = ({ at, title, url }: StripShot): string =>
  `${timeOfDay(at)}, ${title || url || 'a page without a title'}`;
