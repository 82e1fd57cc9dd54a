import { viewer } from '../live/viewer.js';
import { Requests } from '../requests/requests.js';
import { useFocusedHeading } from '../shell/focused-heading.js';
import { countOf } from '../text/count-of.js';
import { EventList } from './event-list.js';
import { Queue } from './queue.js';
import { SlotCard } from './slot-card.js';

/** All slots at a glance, with who waits and what happened. */
export function SlotsPage() {
  const heading = useFocusedHeading();
  const state = viewer.value;
  if (state === null) return null;
  const { slots, queue, queueLength, lastEvents, leaseTtlS } = state;
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1} ref={heading}>
          Slots
        </h1>
        <p class="muted number">{summary()}</p>
      </div>
      <Requests />
      <div class="overview">
        {slots.length === 0 ? (
          <p class="note">
            The pool has no slots. <code>escarp pool add</code> adds one; it appears here by itself.
          </p>
        ) : (
          <ul class="slots" aria-label="Slots">
            {slots.map((slot) => (
              <SlotCard key={slot.slot} slot={slot} ttlS={leaseTtlS} />
            ))}
          </ul>
        )}
        <aside class="beside" aria-label="Queue and events">
          <Queue queue={queue} length={queueLength} />
          <section class="panel">
            <h2>Last events</h2>
            <EventList events={lastEvents.slice(0, 14)} withSlot />
          </section>
        </aside>
      </div>
    </>
  );
}

function summary(): string {
  const { slots = [], queueLength = 0 } = viewer.value ?? {};
  const leased = slots.filter(({ state }) => state === 'leased').length;
  const broken = slots.filter(({ state }) => state === 'quarantined').length;
  const parts = [`${leased} of ${countOf(slots.length, 'slot')} leased`];
  if (broken > 0) parts.push(`${broken} quarantined`);
  parts.push(queueLength === 0 ? 'nobody waiting' : `${queueLength} waiting`);
  return parts.join(' · ');
}
