import { useState } from 'preact/hooks';
import { timeOfDay } from '../text/time-of-day.js';
import type { ChartProperties } from './chart-properties.js';
import { Plot } from './plot.js';
import { pointsIn, summaryOf, valueAt } from './series.js';
import type { Series } from './series.js';
import { ValueTable } from './value-table.js';

/** A plot with its title, unit, legend, and the same values as a table. The vertical axis begins at zero. */
export function Chart({ title, unit, range, series, format, isCount, empty }: ChartProperties) {
  const [cursor, setCursor] = useState<number>();
  const isEmpty = series.every((one) => pointsIn(one, range).length === 0);
  const words = (one: Series): string => {
    if (cursor === undefined) return summaryOf(one, range, format);
    const value = valueAt(one, cursor, range);
    return value === undefined ? 'none' : format(value);
  };
  return (
    <figure class="chart panel">
      <figcaption>
        <h2>
          {title} <span class="muted">{unit}</span>
        </h2>
        <ul class="legend" aria-label="Legend">
          {series.map((one, index) => (
            <li key={one.name}>
              <span class={`chart-key ${one.look}`} data-series={index + 1} />
              {one.name} <b class="number">{words(one)}</b>
            </li>
          ))}
          {cursor !== undefined && <li class="muted number">at {timeOfDay(cursor)}</li>}
        </ul>
      </figcaption>
      {isEmpty ? (
        <p class="chart-empty muted">{empty}</p>
      ) : (
        <Plot
          label={`${title}, in ${unit}. ${series.map((one) => `${one.name}: ${summaryOf(one, range, format)}`).join('. ')}`}
          {...{ range, series, isCount, cursor, setCursor }}
        />
      )}
      <ValueTable {...{ title, range, series, format }} />
    </figure>
  );
}
