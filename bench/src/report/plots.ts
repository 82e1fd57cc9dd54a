import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Row } from '../row.js';
import type { Results } from './results.js';

export interface PlotFile {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

interface Point {
  readonly x: number;
  readonly median: number;
  readonly p95: number;
  readonly curve: string;
}

/** A picture for each section that has curves. */
export function plotsOf(results: Results): PlotFile[] {
  return [
    {
      name: 'time-to-page',
      caption: 'Time to a usable page by agents at once, on a pool of four slots',
      svg: lines(pointsOf(results, 'page'), { x: 'agents at once', y: 'ms (log)' }),
    },
    {
      name: 'turnover',
      caption: 'From release to leasable again, by slots at once',
      svg: lines(pointsOf(results, 'turnover', isTurnover), { x: 'slots at once', y: 'ms (log)' }),
    },
    {
      name: 'leases-per-minute',
      caption: 'Leases per minute by slots, a recycle after each',
      svg: lines(
        pointsOf(results, 'turnover', (row) => !isTurnover(row)),
        { x: 'slots', y: 'leases per minute (log)' },
      ),
    },
    {
      name: 'broker-scale',
      caption: 'Broker latency by slots and by waiters in the queue',
      svg: lines(pointsOf(results, 'scale'), { x: 'slots or waiters (log)', y: 'µs (log)' }),
    },
  ].filter(({ svg }) => svg !== '');
}

const isTurnover = ({ unit }: Row): boolean => unit === 'ms';

function pointsOf(
  { sections }: Results,
  section: string,
  wanted: (row: Row) => boolean = () => true,
): Point[] {
  const rows = sections.find(({ name }) => name === section)?.rows ?? [];
  return rows
    .filter(wanted)
    .flatMap(({ point, median, p95 }) => (point === undefined ? [] : [{ ...point, median, p95 }]));
}

const palette = ['#4269d0', '#efb118', '#ff725c', '#6cc5b0', '#3ca951', '#ff8ab7', '#a463f2', '#97bbf5'];
const shape = { width: 720, lineHeight: 18, plotHeight: 300 };

/** Medians as lines, each up to its 95th percentile as a thin bar. Empty when there is nothing to show. */
function lines(points: readonly Point[], labels: { x: string; y: string }): string {
  if (points.length === 0) return '';
  const curves = [...new Set(points.map(({ curve }) => curve))];
  const ticks = [...new Set(points.map(({ x }) => x))].toSorted((a, b) => a - b);
  const { document } = parseHTML('<html><body></body></html>');
  const legend = curves.length * shape.lineHeight;
  const svg = Plot.plot({
    document,
    width: shape.width,
    height: shape.plotHeight + legend,
    marginLeft: 60,
    marginTop: 30 + legend,
    style: { fontFamily: 'sans-serif', background: 'white', color: '#222' },
    x: { type: 'log', label: labels.x, ticks, tickFormat: (value: number) => String(value), inset: 10 },
    y: { type: 'log', label: labels.y, grid: true, tickFormat: '~s' },
    color: { domain: curves, range: palette },
    marks: [
      Plot.ruleX(points, { x: 'x', y1: 'median', y2: 'p95', stroke: 'curve', strokeOpacity: 0.4 }),
      Plot.line(points, { x: 'x', y: 'median', stroke: 'curve', strokeWidth: 2 }),
      Plot.dot(points, { x: 'x', y: 'median', fill: 'curve', r: 3 }),
      // A legend inside the drawing: Plot's own is HTML, which an SVG file cannot hold.
      ...curves.map((curve, index) =>
        Plot.text([curve], {
          text: (name: string) => `● ${name}`,
          frameAnchor: 'top-left',
          dy: (index - curves.length) * shape.lineHeight - 8,
          fill: palette[index % palette.length] ?? 'black',
          fontSize: 12,
        }),
      ),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}
