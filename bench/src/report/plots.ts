import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Row } from '../row.js';
import { grouped } from './grouped.js';
import type { Results } from './results.js';

export interface PlotFile {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

interface Labels {
  readonly title: string;
  readonly x: string;
  readonly y: string;
}

interface Point {
  readonly x: number;
  readonly median: number;
  readonly p95: number;
  readonly curve: string;
}

/** A picture for each section that has curves. Of two points there is none: a table says as much. */
export function plotsOf(results: Results): PlotFile[] {
  return [
    plotOf('time-to-page', pointsOf(results, 'page'), {
      title: 'Time to a usable page by agents at once, on a pool of four slots',
      x: 'agents at once',
      y: 'milliseconds, logarithmic',
    }),
    plotOf('turnover', pointsOf(results, 'turnover', isTurnover), {
      title: 'From release to leasable again, by slots at once',
      x: 'slots at once',
      y: 'milliseconds, logarithmic',
    }),
    plotOf(
      'leases-per-minute',
      pointsOf(results, 'turnover', (row) => !isTurnover(row)),
      {
        title: 'Leases per minute by slots, a recycle after each',
        x: 'slots',
        y: 'leases per minute, logarithmic',
      },
    ),
    plotOf('broker-scale', pointsOf(results, 'scale'), {
      title: 'Broker latency by slots and by waiters in the queue',
      x: 'slots or waiters, logarithmic',
      y: 'microseconds, logarithmic',
    }),
    plotOf('test-suite', pointsOf(results, 'test-suite'), {
      title: 'Wall time of a Playwright suite by workers, on four slots',
      x: 'workers',
      y: 'seconds, logarithmic',
    }),
  ].flatMap((plot) => plot ?? []);
}

const pointsMin = 3;

function plotOf(name: string, points: readonly Point[], labels: Labels): PlotFile | undefined {
  const curves = grouped(points, ({ curve }) => curve);
  const drawn = [...curves.values()].filter((curve) => curve.length >= pointsMin).flat();
  return drawn.length === 0 ? undefined : { name, caption: labels.title, svg: lines(drawn, labels) };
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

/** Medians as lines, each up to its 95th percentile as a thin bar. */
function lines(points: readonly Point[], labels: Labels): string {
  const curves = [...new Set(points.map(({ curve }) => curve))];
  const ticks = [...new Set(points.map(({ x }) => x))].toSorted((a, b) => a - b);
  const { document } = parseHTML('<html><body></body></html>');
  const legend = (curves.length + 1) * shape.lineHeight;
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
      Plot.text([labels.title], {
        frameAnchor: 'top-left',
        dy: -legend - 8,
        fontSize: 14,
        fontWeight: 'bold',
      }),
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
