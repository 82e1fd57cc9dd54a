import { now } from '../live/clock.js';
import { duration } from '../text/duration.js';

/** How long somebody waits, and until when. */
export const TimeLeft = ({ since, until }: { since: number; until: number | null }) => (
  <p class="muted number">
    Asked {duration(now.value - since)} ago
    {until !== null && `; waits ${duration(until - now.value)} more`}
  </p>
);
