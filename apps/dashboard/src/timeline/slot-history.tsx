import { EventList } from '../slots/event-list.js';
import { SlotStrips } from '../strips/slot-strips.js';
import { SlotLanes } from './slot-lanes.js';
import { useTimeline } from './use-timeline.js';

/** The last hour of one slot. */
export function SlotHistory({ slot }: { slot: number }) {
  const { timeline, problem } = useTimeline({ seconds: 3_600, slot });
  return (
    <section class="panel slot-history">
      <h2>Last hour</h2>
      {problem !== undefined && <p class="body muted">The history could not be read. {problem}</p>}
      {timeline !== undefined && (
        <>
          <div class="body">
            <SlotLanes timeline={timeline} from={timeline.to - 3_600} />
          </div>
          <SlotStrips slot={slot} />
          <EventList events={timeline.events.toReversed().slice(0, 40)} />
        </>
      )}
    </section>
  );
}
