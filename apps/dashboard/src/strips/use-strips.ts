import { viewerPaths } from '@escarp/live-view/wire';
import type { SlotStrip } from '@escarp/live-view/wire';
import { usePolled } from '../live/polled.js';
import { viewer } from '../live/viewer.js';

/** The screenshots of the leases of a slot, that of the newest lease first. Read again when something happens. */
export function useStrips(slot: number): readonly SlotStrip[] {
  const version = viewer.value?.lastEvents[0]?.revision;
  const { body = [] } = usePolled<SlotStrip[]>(viewerPaths.strips(slot), { everyMs: 10_000, version });
  return body.filter(({ pictures }) => pictures.length > 0);
}
