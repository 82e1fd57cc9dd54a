import type { Series, TimeRange } from './series.js';

export interface ChartProperties {
  readonly title: string;
  readonly unit: string;
  readonly range: TimeRange;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** Of things that there are no halves of. */
  readonly isCount?: boolean | undefined;
  /** Said when there is nothing to plot. */
  readonly empty: string;
}
