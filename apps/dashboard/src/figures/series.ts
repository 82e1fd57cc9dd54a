import type { FigurePoint } from '@escarp/live-view/wire';

/** One quantity over time. Areas and lines are steps: a value holds until the next; dots are events. */
export interface Series {
  readonly name: string;
  readonly points: readonly FigurePoint[];
  readonly look: 'area' | 'line' | 'dots';
}

export interface TimeRange {
  /** Epoch seconds. */
  readonly from: number;
  readonly to: number;
}

/** Its points in the range; a step begins with the value that held before, and goes on to the end. */
export function pointsIn({ points, look }: Series, { from, to }: TimeRange): readonly FigurePoint[] {
  const inside = points.filter(({ at }) => at >= from && at <= to);
  if (look === 'dots') return inside;
  const before = points.findLast(({ at }) => at < from);
  const begun = before === undefined ? inside : [{ at: from, value: before.value }, ...inside];
  const last = begun.at(-1);
  return last === undefined ? begun : [...begun, { at: to, value: last.value }];
}

/** What a series says at a time: a step its value, dots the nearest one not far away. */
export function valueAt(series: Series, at: number, range: TimeRange): number | undefined {
  const points = pointsIn(series, range);
  if (series.look !== 'dots') return points.findLast((point) => point.at <= at)?.value;
  const near = (range.to - range.from) / 60;
  const [nearest] = points.toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at));
  return nearest !== undefined && Math.abs(nearest.at - at) <= near ? nearest.value : undefined;
}

/** A series in a few words: for steps the latest value, for dots the middle and the largest. */
export function summaryOf(series: Series, range: TimeRange, format: (value: number) => string): string {
  const values = pointsIn(series, range).map(({ value }) => value);
  const last = values.at(-1);
  if (last === undefined) return 'none';
  if (series.look !== 'dots') return format(last);
  const ordered = values.toSorted((a, b) => a - b);
  const median = ordered[Math.floor((ordered.length - 1) / 2)] ?? last;
  return `median ${format(median)}, longest ${format(ordered.at(-1) ?? last)}, n = ${ordered.length}`;
}
