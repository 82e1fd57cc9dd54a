import { useState } from 'preact/hooks';
import { viewerPaths } from '@escarp/live-view/wire';
import { useFocusedHeading } from '../shell/focused-heading.js';
import { EventList } from '../slots/event-list.js';
import { countOf } from '../text/count-of.js';
import { SlotLanes } from './slot-lanes.js';
import { useTimeline } from './use-timeline.js';

const ranges = [
  { label: '15 min', seconds: 900 },
  { label: '1 h', seconds: 3_600 },
  { label: '6 h', seconds: 21_600 },
  { label: '24 h', seconds: 86_400 },
] as const;

/** What happened on each slot: as lanes, and told. */
export function HistoryPage() {
  const heading = useFocusedHeading();
  const [seconds, setSeconds] = useState<number>(3_600);
  const { timeline, problem } = useTimeline({ seconds });
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1} ref={heading}>
          History
        </h1>
        <fieldset class="ranges">
          <legend class="unseen">How far back</legend>
          {ranges.map(({ label, seconds: value }) => (
            <label key={value}>
              <input
                type="radio"
                name="range"
                checked={value === seconds}
                onChange={() => setSeconds(value)}
              />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
        <a class="report-link" href={viewerPaths.report} download="escarp-report.html">
          Download as a file
        </a>
      </div>
      {problem !== undefined && (
        <p class="note" data-tone="bad" role="alert">
          The history could not be read. {problem}
        </p>
      )}
      {timeline !== undefined && (
        <>
          <section class="panel">
            <h2>Slots</h2>
            <div class="body">
              <SlotLanes timeline={timeline} from={timeline.to - seconds} />
            </div>
          </section>
          <section class="panel">
            <header>
              <h2>Events</h2>
              <span class="muted number">{countOf(timeline.events.length, 'event')}, newest first</span>
            </header>
            <EventList events={timeline.events.toReversed().slice(0, 300)} withSlot />
          </section>
        </>
      )}
    </>
  );
}
