import type { FigurePoint, PoolFigures } from '@escarp/live-view/wire';
import { Chart } from './chart.js';
import type { Series } from './series.js';

/** The plots of a pool, all over the same time. */
export function PoolCharts({ figures }: { figures: PoolFigures }) {
  const range = { from: beginningOf(figures), to: figures.to };
  return (
    <div class="charts">
      <Chart
        title="Slots leased"
        unit="number of slots"
        range={range}
        series={[
          { name: 'Leased', points: figures.slotsLeased, look: 'area' },
          { name: 'In the pool', points: figures.slotsTotal, look: 'line' },
        ]}
        format={whole}
        isCount
        empty="No slot has been leased in this time."
      />
      <Chart
        title="Queue"
        unit="number of requests"
        range={range}
        series={[{ name: 'Waiting', points: figures.queueLength, look: 'area' }]}
        format={whole}
        isCount
        empty="Nobody has waited in this time."
      />
      <Chart
        title="Wait before a grant"
        unit="seconds"
        range={range}
        series={dots('Grant', figures.waitS)}
        format={seconds}
        empty="Nothing was granted in this time."
      />
      <Chart
        title="Reset time"
        unit="seconds until free"
        range={range}
        series={dots('Reset', figures.resetS)}
        format={seconds}
        empty="No slot was reset in this time."
      />
      <Chart
        title="Memory of all slots"
        unit="GB"
        range={range}
        series={[{ name: 'Memory', points: figures.memoryBytes.map(inGigabytes), look: 'area' }]}
        format={gigabytes}
        empty="Memory is read while somebody watches; there is nothing yet."
      />
    </div>
  );
}

// Before the pool there is nothing to plot.
const beginningOf = ({ from, to, slotsTotal }: PoolFigures): number => {
  const first = slotsTotal.find(({ value }) => value > 0)?.at ?? from;
  return Math.max(from, Math.min(first, to - rangeMinS));
};

const rangeMinS = 60;

const dots = (name: string, points: readonly FigurePoint[]): Series[] => [{ name, points, look: 'dots' }];

const whole = (value: number): string => String(Math.round(value * 10) / 10);

const seconds = (value: number): string =>
  value >= 10 || Number.isInteger(value)
    ? `${Math.round(value)} s`
    : `${value.toFixed(value >= 1 ? 1 : 2)} s`;

const inGigabytes = ({ at, value }: FigurePoint): FigurePoint => ({ at, value: value / 1e9 });

const gigabytes = (value: number): string => `${value.toFixed(2)} GB`;
