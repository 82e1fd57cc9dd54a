import { figure } from './report/figure.js';
import { summarize, type Summary } from './statistics.js';
import type { Unit } from './unit.js';

/** One line of the table: what was measured, and beside what. */
export interface Row extends Summary {
  readonly section: string;
  readonly name: string;
  readonly unit: Unit;
  readonly better: 'less' | 'more';
  /** False for what escarp is compared with. */
  readonly isOurs: boolean;
  /** Name of the row this one is compared with, and the ratio of the two medians: this one through that one. */
  readonly rival?: string;
  readonly ratio?: number;
  readonly goal?: { readonly of: Goal['of']; readonly text: string; readonly met: boolean };
  /** The curve that the row is a point of, for plots. */
  readonly point?: { readonly curve: string; readonly x: number };
}

export interface Goal {
  readonly of: 'median' | 'ratio' | 'p95';
  readonly max?: number;
  readonly min?: number;
}

export interface Measurement {
  readonly name: string;
  readonly unit: Unit;
  readonly values: readonly number[];
  readonly better?: Row['better'];
  /** True if not said. */
  readonly isOurs?: boolean;
  readonly rival?: Row;
  readonly goal?: Goal;
  readonly point?: Row['point'];
}

export function rowOf(section: string, measurement: Measurement): Row {
  const { name, unit, values, better = 'less', isOurs = true, rival, goal, point } = measurement;
  const summary = summarize(values);
  const ratio = rival === undefined ? undefined : summary.median / rival.median;
  return {
    section,
    name,
    unit,
    better,
    isOurs,
    ...summary,
    ...(rival === undefined || ratio === undefined ? {} : { rival: rival.name, ratio }),
    ...(goal === undefined ? {} : { goal: judge(goal, { ...summary, ratio: ratio ?? NaN }, unit) }),
    ...(point === undefined ? {} : { point }),
  };
}

/** Whether escarp does worse than what it is compared with: by more than its goal allows, or else than noise. */
export function isLost({ ratio, better, isOurs, goal }: Row): boolean {
  if (ratio === undefined || !isOurs) return false;
  if (goal?.of === 'ratio') return !goal.met;
  return better === 'less' ? ratio > 1.05 : ratio < 0.95;
}

function judge(
  { of, max, min }: Goal,
  values: Record<Goal['of'], number>,
  unit: Unit,
): NonNullable<Row['goal']> {
  const value = values[of];
  const met = (max === undefined || value <= max) && (min === undefined || value >= min);
  const shown = (bound: number): string => (of === 'ratio' ? String(bound) : figure(bound, unit));
  const upper = max === undefined ? [] : [`<= ${shown(max)}`];
  const lower = min === undefined ? [] : [`>= ${shown(min)}`];
  return { of, text: `${of} ${[...upper, ...lower].join(', ')}`, met };
}
