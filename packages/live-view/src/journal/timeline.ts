import type { PublicChange, PublicEvent } from '@escarp/broker';
import type { SlotTimeline, Timeline, TimelineEvent, TimelineSpan } from '../wire/index.js';
import { describeEvent, slotOf } from './describe-event.js';

/** Which part of the journal a timeline is of. */
export interface TimelineRange {
  /** Epoch seconds. */
  readonly from: number;
  /** Epoch seconds. */
  readonly to: number;
  /** Only this slot. */
  readonly slot?: number | undefined;
}

/** The journal told by slot. What lies before `from` is read for the state in which it begins. */
export function timelineOf(events: readonly PublicEvent[], range: TimelineRange): Timeline {
  const { from, to, slot } = range;
  const isShown = (of: number | null): boolean => slot === undefined || of === slot;
  const slots = spansBySlot(events.filter(({ at }) => at <= to))
    .filter((one) => isShown(one.slot))
    .map((one) => ({ ...one, spans: one.spans.flatMap((span) => clipped(span, range)) }));
  return {
    from: Math.max(from, events[0]?.at ?? from),
    to,
    slots: slots.filter(({ spans }) => spans.length > 0),
    events: timelineEvents(events).filter(
      (event) => event.at >= from && event.at <= to && isShown(event.slot),
    ),
  };
}

/** Every event that tells a person something, the oldest first. */
export function timelineEvents(events: readonly PublicEvent[]): TimelineEvent[] {
  return events.flatMap(({ revision, at, event }) => {
    const described = describeEvent(event);
    if (described === undefined) return [];
    return [{ revision, at, slot: described.slot ?? null, type: event.type, text: described.text }];
  });
}

/** The states of every slot, each from when it is known. */
export function spansBySlot(events: readonly PublicEvent[]): SlotTimeline[] {
  const bySlot = new Map<number, TimelineSpan[]>();
  for (const { at, event } of events) {
    const slot = slotOf(event);
    if (slot === undefined) continue;
    const spans = bySlot.get(slot) ?? [];
    bySlot.set(slot, spans);
    const last = spans.at(-1);
    const next = nextSpan(event, at, last);
    if (next === undefined) continue;
    if (last?.to === null) last.to = at;
    if (next !== 'none') spans.push(next);
  }
  return [...bySlot].map(([slot, spans]) => ({ slot, spans })).toSorted((a, b) => a.slot - b.slot);
}

type Span = Pick<TimelineSpan, 'state' | 'holder' | 'fence'>;

/** Undefined if the state goes on. */
function nextSpan(
  event: PublicChange,
  at: number,
  last: TimelineSpan | undefined,
): TimelineSpan | 'none' | undefined {
  const next = stateAfter(event, last);
  return next === undefined || next === 'none' ? next : { from: at, to: null, ...next };
}

function stateAfter(event: PublicChange, last: Span | undefined): Span | 'none' | undefined {
  const holding = last?.fence === undefined ? {} : { holder: last.holder ?? '', fence: last.fence };
  switch (event.type) {
    case 'resource-added':
    case 'resource-starting':
      return { state: 'starting' };
    case 'resource-free':
      return { state: 'free' };
    case 'resource-quarantined':
      return { state: 'quarantined' };
    case 'resource-removed':
      return 'none';
    case 'resource-lost':
      return { state: 'lost', ...holding };
    case 'resource-restarted':
      return { state: 'leased', ...holding };
    case 'lease-granted':
    case 'lease-handed-over':
      return { state: 'leased', holder: event.lease.scope.holder, fence: event.lease.fence };
    case 'control-taken':
      return { state: 'human', ...holding };
    case 'control-returned':
      return { state: 'leased', ...holding };
    case 'lease-ended':
      return { state: 'resetting' };
    default:
      return undefined;
  }
}

function clipped(span: TimelineSpan, { from, to }: TimelineRange): TimelineSpan[] {
  if (span.from > to || (span.to !== null && span.to < from)) return [];
  return [{ ...span, from: Math.max(span.from, from) }];
}
