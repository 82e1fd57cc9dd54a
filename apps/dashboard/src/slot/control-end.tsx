import { useEffect } from 'preact/hooks';
import type { SlotState } from '@escarp/live-view/wire';
import { announce } from '../live/announcement.js';
import { now } from '../live/clock.js';
import { countdown } from '../text/countdown.js';

/** Time enough to write a note. */
const warnedS = 60;

/** How long a person's turn may still last. The time of its end is known, so that nobody has to be asked for it. */
export function ControlEnd({ slot: { slot, control } }: { slot: SlotState }) {
  const { expiresAt, isOwn } = control;
  const leftS = expiresAt === undefined ? undefined : expiresAt - now.value;
  const isNear = isOwn === true && leftS !== undefined && leftS <= warnedS;
  useEffect(() => {
    if (isNear) announce(`Control of slot ${slot} goes back to the agent in less than a minute.`);
  }, [isNear, slot]);
  if (leftS === undefined) return null;
  return (
    <p class="muted number" role="timer">
      Goes back to the agent by itself in {countdown(leftS)}.
    </p>
  );
}
