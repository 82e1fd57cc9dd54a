import { timeOfDay } from '../text/time-of-day.js';
import { pointsIn } from './series.js';
import type { ChartProperties } from './chart-properties.js';

const rowsMax = 200;

/** The values behind a plot, the newest first. */
export function ValueTable({
  title,
  range,
  series,
  format,
}: Pick<ChartProperties, 'title' | 'range' | 'series' | 'format'>) {
  const rows = series
    .flatMap((one) => pointsIn(one, range).map((point) => ({ ...point, name: one.name })))
    .toSorted((a, b) => b.at - a.at)
    .slice(0, rowsMax);
  if (rows.length === 0) return null;
  return (
    <details class="values">
      <summary>Values as a table</summary>
      <div class="values-scroll" tabIndex={0} role="region" aria-label={`Values of ${title}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">What</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ at, name, value }, index) => (
              <tr key={index}>
                <td class="number">{timeOfDay(at)}</td>
                <td>{name}</td>
                <td class="number">{format(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
