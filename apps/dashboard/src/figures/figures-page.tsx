import { viewerPaths } from '@escarp/live-view/wire';
import type { PoolFigures } from '@escarp/live-view/wire';
import { usePolled } from '../live/polled.js';
import { useFocusedHeading } from '../shell/focused-heading.js';
import { PoolCharts } from './pool-charts.js';

/** How the pool did in the last hour. */
export function FiguresPage() {
  const heading = useFocusedHeading();
  const { body, problem } = usePolled<PoolFigures>(viewerPaths.figures, { everyMs: 10_000, version: 0 });
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1} ref={heading}>
          Figures
        </h1>
        <p class="muted">The last hour, read again every 10 s</p>
      </div>
      {problem !== undefined && (
        <p class="note" data-tone="bad" role="alert">
          The figures could not be read. {problem}
        </p>
      )}
      {body !== undefined && <PoolCharts figures={body} />}
    </>
  );
}
