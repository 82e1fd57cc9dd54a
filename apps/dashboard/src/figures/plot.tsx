import { scaleLinear } from 'd3-scale';
import type { ScaleLinear } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import type { TargetedPointerEvent } from 'preact';
import type { FigurePoint } from '@escarp/live-view/wire';
import type { ChartProperties } from './chart-properties.js';
import { pointsIn } from './series.js';
import type { Series, TimeRange } from './series.js';
import { tickTime, timeTicks } from './time-ticks.js';
import { useWidth } from './use-width.js';

interface Properties extends Pick<ChartProperties, 'range' | 'series' | 'isCount'> {
  readonly label: string;
  readonly cursor: number | undefined;
  readonly setCursor: (at: number | undefined) => void;
}

interface Scales {
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

const height = 190;
const margin = { top: 10, right: 12, bottom: 24, left: 38 };

/** The drawing of a chart: series over time, from zero up. */
export function Plot({ label, range, series, isCount, cursor, setCursor }: Properties) {
  const { ref, width } = useWidth(480);
  const scales = scalesOf(series, range, width);
  const onMove = ({ clientX, currentTarget }: TargetedPointerEvent<HTMLElement>): void => {
    const at = scales.x.invert(clientX - currentTarget.getBoundingClientRect().left);
    setCursor(at >= range.from && at <= range.to ? at : undefined);
  };
  return (
    <div class="plot" ref={ref} onPointerMove={onMove} onPointerLeave={() => setCursor(undefined)}>
      <svg width={width} height={height} role="img" aria-label={label}>
        <Axes {...scales} {...{ range, width, isCount }} />
        {series.map((one, index) => (
          <SeriesShape
            key={one.name}
            series={one}
            number={index + 1}
            points={pointsIn(one, range)}
            {...scales}
          />
        ))}
        {cursor !== undefined && (
          <line
            class="cursor"
            x1={scales.x(cursor)}
            x2={scales.x(cursor)}
            y1={margin.top}
            y2={height - margin.bottom}
          />
        )}
      </svg>
    </div>
  );
}

function scalesOf(series: readonly Series[], range: TimeRange, width: number): Scales {
  const points = series.flatMap((one) => pointsIn(one, range));
  const largest = points.reduce((max, { value }) => Math.max(max, value), 0);
  const y = scaleLinear([0, largest === 0 ? 1 : largest * 1.05], [height - margin.bottom, margin.top]);
  return { x: scaleLinear([range.from, range.to], [margin.left, width - margin.right]), y: y.nice(4) };
}

function Axes({
  x,
  y,
  range,
  width,
  isCount,
}: Scales & { width: number } & Pick<ChartProperties, 'range' | 'isCount'>) {
  const nameOf = isCount ? String : y.tickFormat(4);
  return (
    <g class="axes">
      {y
        .ticks(4)
        .filter((value) => !isCount || Number.isInteger(value))
        .map((value) => (
          <g key={value} class={value === 0 ? 'zero' : undefined}>
            <line x1={margin.left} x2={width - margin.right} y1={y(value)} y2={y(value)} />
            <text x={margin.left - 8} y={y(value)} dy="0.32em" text-anchor="end">
              {nameOf(value)}
            </text>
          </g>
        ))}
      {timeTicks(range, Math.max(2, Math.floor(width / 90))).map((at) => (
        <text key={at} x={x(at)} y={height - 6} text-anchor={x(at) > width - 30 ? 'end' : 'middle'}>
          {tickTime(at, range)}
        </text>
      ))}
    </g>
  );
}

function SeriesShape({
  series: { look },
  number,
  points,
  x,
  y,
}: Scales & { series: Series; number: number; points: readonly FigurePoint[] }) {
  const [atX, atY] = [({ at }: FigurePoint) => x(at), ({ value }: FigurePoint) => y(value)];
  if (look === 'dots') {
    return (
      <g class="dots" data-series={number}>
        {points.map((point, index) => (
          <circle key={index} cx={atX(point)} cy={atY(point)} r={3} />
        ))}
      </g>
    );
  }
  const path = line<FigurePoint>(atX, atY).curve(curveStepAfter)([...points]) ?? undefined;
  const ground = area<FigurePoint>(atX, y(0), atY).curve(curveStepAfter)([...points]) ?? undefined;
  return (
    <g class={look} data-series={number}>
      {look === 'area' && <path class="ground" d={ground} />}
      <path class="stroke" d={path} />
    </g>
  );
}
