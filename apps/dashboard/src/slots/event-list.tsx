import type { TimelineEvent } from '@escarp/live-view/wire';
import { now } from '../live/clock.js';
import { eventTone } from '../text/event-tone.js';
import { whenOf } from '../text/time-of-day.js';
import { LongText } from './long-text.js';

/** Events as sentences, in the order given. */
export function EventList({
  events,
  withSlot = false,
}: {
  events: readonly TimelineEvent[];
  withSlot?: boolean;
}) {
  if (events.length === 0) return <p class="body muted">Nothing has happened yet.</p>;
  return (
    <ol class="events body">
      {events.map(({ revision, at, slot, type, text }) => (
        <li key={revision} class="event" data-tone={eventTone(type)}>
          <time class="muted" dateTime={new Date(at * 1_000).toISOString()}>
            {whenOf(at, now.value)}
          </time>
          <span>
            {withSlot && slot !== null && <b>Slot {slot} </b>}
            <LongText text={text} />
          </span>
        </li>
      ))}
    </ol>
  );
}
