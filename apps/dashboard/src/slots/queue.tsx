import type { Queued } from '@escarp/live-view/wire';
import { now } from '../live/clock.js';
import { duration } from '../text/duration.js';

/** Who waits for a slot, first come, first served. */
export const Queue = ({ queue, length }: { queue: readonly Queued[]; length: number }) => (
  <section class="panel">
    <header>
      <h2>Queue</h2>
      <span class="muted number">{length === 0 ? 'empty' : length}</span>
    </header>
    {length === 0 ? (
      <p class="body muted">Nobody waits for a slot.</p>
    ) : (
      <ol class="body queue">
        {queue.map(({ position, holder, queuedAt, estimateS }) => (
          <li key={position} class="waiting">
            <span class="cut" title={holder}>
              <span class="muted number">{position}.</span> {holder}
            </span>
            <span class="muted number nowrap">
              {duration(now.value - queuedAt)}, about {duration(estimateS)} to go
            </span>
          </li>
        ))}
        {length > queue.length && <li class="muted">and {length - queue.length} more</li>}
      </ol>
    )}
  </section>
);
