import type { PublicEvent } from '@escarp/broker';
import type { FigurePoint, PoolFigures, SlotTimeline } from '../wire/index.js';
import { slotOf } from './describe-event.js';
import { spansBySlot } from './timeline.js';

const hourS = 3_600;

/** The pool over the hour before `to`, in epoch seconds, by its journal; what is not in it, memory, is passed on. */
export function poolFigures(
  events: readonly PublicEvent[],
  to: number,
  memoryBytes: readonly FigurePoint[] = [],
): PoolFigures {
  const from = to - hourS;
  const past = events.filter(({ at }) => at <= to);
  const slots = spansBySlot(past);
  const since = (points: FigurePoint[]): FigurePoint[] => points.filter(({ at }) => at >= from);
  return {
    from,
    to,
    slotsTotal: stepsFrom(
      from,
      countSpans(slots, () => true),
    ),
    slotsLeased: stepsFrom(from, countSpans(slots, isLeased)),
    queueLength: stepsFrom(from, queueSteps(past)),
    waitS: since(waits(past)),
    resetS: since(resets(past)),
    memoryBytes: since([...memoryBytes]),
  };
}

type State = SlotTimeline['spans'][number]['state'];

function isLeased(state: State): boolean {
  return state === 'leased' || state === 'lost' || state === 'human';
}

/** How many slots are in one of these states, from each moment on. */
function countSpans(slots: readonly SlotTimeline[], isCounted: (state: State) => boolean): FigurePoint[] {
  const spans = slots.flatMap((one) => one.spans).filter(({ state }) => isCounted(state));
  const changes = spans.flatMap(({ from, to }) => [
    { at: from, by: 1 },
    ...(to === null ? [] : [{ at: to, by: -1 }]),
  ]);
  return summed(changes);
}

function queueSteps(events: readonly PublicEvent[]): FigurePoint[] {
  const changes = events.flatMap(({ at, event }) => {
    if (event.type === 'waiter-queued') return [{ at, by: 1 }];
    return event.type === 'waiter-left' ? [{ at, by: -1 }] : [];
  });
  return summed(changes);
}

/** The journal may begin in the middle, where somebody already stands in line: there are never fewer than none. */
function summed(changes: readonly { at: number; by: number }[]): FigurePoint[] {
  const steps: FigurePoint[] = [];
  let value = 0;
  for (const { at, by } of changes.toSorted((a, b) => a.at - b.at)) {
    value = Math.max(0, value + by);
    if (steps.at(-1)?.at === at) steps.pop();
    steps.push({ at, value });
  }
  return steps;
}

/** The steps from a moment on, the first of them being the value at that moment. */
function stepsFrom(from: number, steps: readonly FigurePoint[]): FigurePoint[] {
  const before = steps.findLast(({ at }) => at <= from);
  const first = { at: from, value: before?.value ?? 0 };
  return [first, ...steps.filter(({ at }) => at > from)];
}

/** Whoever is granted a slot was the first in line of this name that had not given up. */
function waits(events: readonly PublicEvent[]): FigurePoint[] {
  const queued = new Map<string, { at: number; until: number }[]>();
  return events.flatMap(({ at, event }) => {
    if (event.type === 'waiter-queued') {
      const { scope, waitTimeoutMs } = event.waiter;
      const until = at + waitTimeoutMs / 1_000;
      queued.set(scope.holder, [...(queued.get(scope.holder) ?? []), { at, until }]);
    }
    if (event.type !== 'lease-granted') return [];
    const { holder } = event.lease.scope;
    const [first, ...rest] = (queued.get(holder) ?? []).filter(({ until }) => until >= at);
    queued.set(holder, rest);
    return [{ at, value: first === undefined ? 0 : at - first.at }];
  });
}

function resets(events: readonly PublicEvent[]): FigurePoint[] {
  const began = new Map<number, number>();
  return events.flatMap(({ at, event }) => {
    const slot = slotOf(event);
    if (slot === undefined) return [];
    if (event.type === 'lease-ended') began.set(slot, at);
    const since = began.get(slot);
    if (event.type !== 'resource-free' || since === undefined) return [];
    began.delete(slot);
    return [{ at, value: at - since }];
  });
}
