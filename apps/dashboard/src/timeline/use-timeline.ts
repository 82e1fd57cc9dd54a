import { viewerPaths } from '@escarp/live-view/wire';
import type { Timeline } from '@escarp/live-view/wire';
import { usePolled } from '../live/polled.js';
import { viewer } from '../live/viewer.js';

/** The timeline of the last so many seconds, of one slot or all. It is read again when something happens. */
export function useTimeline({ seconds, slot }: { seconds: number; slot?: number }) {
  const since = Math.floor((viewer.peek()?.now ?? 0) - seconds);
  const query = new URLSearchParams(slot === undefined ? {} : { slot: String(slot) });
  query.set('since', String(Math.floor(since / 60) * 60));
  const { body, problem } = usePolled<Timeline>(`${viewerPaths.timeline}?${query}`, {
    everyMs: 15_000,
    version: viewer.value?.lastEvents[0]?.revision,
  });
  return { timeline: body, problem };
}
