import type { PoolFigures, Timeline } from '@escarp/live-view/wire';
import { PoolCharts } from '../figures/pool-charts.js';
import { EventList } from '../slots/event-list.js';
import { countOf } from '../text/count-of.js';
import { duration } from '../text/duration.js';
import { dateAndTime } from '../text/time-of-day.js';
import { SlotLanes } from '../timeline/slot-lanes.js';

/** What `escarp report --html` puts into the template. */
export interface ReportData {
  /** What the report is about, such as the machine. */
  readonly title: string;
  /** Of escarp. */
  readonly version: string;
  readonly timeline: Timeline;
  readonly figures: PoolFigures;
}

/** The history and the figures of a pool, in one file that needs no server. */
export const ReportPage = ({ data: { title, version, timeline, figures } }: { data: ReportData }) => (
  <main class="main report">
    <div class="heading">
      <h1>{title}</h1>
      <p class="muted number">
        {duration(timeline.to - timeline.from)} up to {dateAndTime(timeline.to)} · escarp {version}
      </p>
    </div>
    <section class="panel">
      <h2>Slots</h2>
      <div class="body">
        <SlotLanes timeline={timeline} from={timeline.from} isLinked={false} />
      </div>
    </section>
    <PoolCharts figures={figures} />
    <section class="panel">
      <header>
        <h2>Events</h2>
        <span class="muted number">{countOf(timeline.events.length, 'event')}, newest first</span>
      </header>
      <EventList events={timeline.events.toReversed()} withSlot />
    </section>
  </main>
);
