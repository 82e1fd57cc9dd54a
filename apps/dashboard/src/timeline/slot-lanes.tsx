import type { SlotTimeline, Timeline, TimelineEvent, TimelineSpan } from '@escarp/live-view/wire';
import { addressOf } from '../route.js';
import { tickTime, timeTicks } from '../figures/time-ticks.js';
import { eventTone } from '../text/event-tone.js';
import { duration } from '../text/duration.js';
import { timeOfDay } from '../text/time-of-day.js';
import { laneSummary, stateNames } from './lane-summary.js';

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Properties {
  readonly timeline: Timeline;
  readonly from: number;
  /** False in a report, where a slot has no page of its own. */
  readonly isLinked?: boolean;
}

// A pool that was just started would else be one point.
const rangeMinS = 60;

/** A lane for each slot: what state it was in, and what happened to it. The events in words say the same. */
export function SlotLanes({ timeline, from, isLinked = true }: Properties) {
  const range = { from: Math.max(from, Math.min(timeline.from, timeline.to - rangeMinS)), to: timeline.to };
  const isCut = timeline.from > from + 60;
  return (
    <div class="lanes">
      <ol>
        {timeline.slots.map((lane) => (
          <li key={lane.slot} class="lane">
            <Name slot={lane.slot} isLinked={isLinked} />
            <Lane
              lane={lane}
              range={range}
              events={timeline.events.filter(({ slot }) => slot === lane.slot)}
            />
          </li>
        ))}
      </ol>
      <Axis {...range} />
      <Legend />
      {isCut && <p class="muted">The journal begins at {timeOfDay(timeline.from)}.</p>}
    </div>
  );
}

const Name = ({ slot, isLinked }: { slot: number; isLinked: boolean }) =>
  isLinked ? (
    <a class="lane-name" href={addressOf({ page: 'slot', slot })}>
      Slot {slot}
    </a>
  ) : (
    <span class="lane-name">Slot {slot}</span>
  );

function Lane({
  lane,
  range,
  events,
}: {
  lane: SlotTimeline;
  range: Range;
  events: readonly TimelineEvent[];
}) {
  const marked = events.filter(({ type, at }) => isMarked(type) && at >= range.from);
  return (
    <div class="lane-strip" role="img" aria-label={laneSummary(lane, range)}>
      {lane.spans.map((span) => (
        <Span key={`${span.from} ${span.state}`} span={span} range={range} />
      ))}
      {marked.map(({ revision, at, type, text }) => (
        <span
          key={revision}
          class="lane-mark"
          data-tone={eventTone(type)}
          style={{ insetInlineStart: percent(at, range) }}
          title={`${timeOfDay(at)}: ${text}`}
        />
      ))}
    </div>
  );
}

function Span({ span, range }: { span: TimelineSpan; range: Range }) {
  const from = Math.max(span.from, range.from);
  const to = Math.min(span.to ?? range.to, range.to);
  if (to <= from) return null;
  const share = ((to - from) / (range.to - range.from)) * 100;
  return (
    <span
      class="lane-span"
      data-state={span.state}
      style={{ insetInlineStart: percent(from, range), inlineSize: `${share}%` }}
      title={`${[stateNames[span.state], span.holder].filter(Boolean).join(': ')}, ${timeOfDay(span.from)}, ${duration(
        (span.to ?? range.to) - span.from,
      )}`}
    >
      {share > 4 && <span class="lane-label">{span.holder}</span>}
    </span>
  );
}

// Leases and resets are lanes already; a mark is for what comes and is gone.
const isMarked = (type: string): boolean => ['bad', 'human'].includes(eventTone(type));

const percent = (at: number, { from, to }: Range): string => `${((at - from) / (to - from)) * 100}%`;

const Axis = (range: Range) => (
  <div class="lane-axis muted number" aria-hidden="true">
    {timeTicks(range, 6).map((at) => (
      <span key={at} style={{ insetInlineStart: percent(at, range) }}>
        {tickTime(at, range)}
      </span>
    ))}
  </div>
);

const Legend = () => (
  <ul class="legend" aria-label="Legend">
    {Object.entries(stateNames).map(([state, name]) => (
      <li key={state}>
        <span class="lane-span legend-key" data-state={state} />
        {name}
      </li>
    ))}
    <li>
      <span class="lane-mark legend-key" data-tone="bad" />
      Loss or failure
    </li>
    <li>
      <span class="lane-mark legend-key" data-tone="human" />
      Takeover, request or approval
    </li>
  </ul>
);
