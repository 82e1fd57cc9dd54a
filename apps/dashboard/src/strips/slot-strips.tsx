import { useState } from 'preact/hooks';
import { viewerPaths } from '@escarp/live-view/wire';
import type { SlotStrip, StripShot } from '@escarp/live-view/wire';
import { now } from '../live/clock.js';
import { countOf } from '../text/count-of.js';
import { timeOfDay, whenOf } from '../text/time-of-day.js';
import { ShotDialog } from './shot-dialog.js';
import { shotName } from './shot-name.js';
import { useStrips } from './use-strips.js';

interface Opened {
  readonly fence: number;
  readonly file: string;
}

/** What the holders of a slot did, in pictures, as far as pictures were asked for. Nothing if there are none. */
export function SlotStrips({ slot }: { slot: number }) {
  const strips = useStrips(slot);
  const [opened, setOpened] = useState<Opened>();
  const strip = strips.find(({ fence }) => fence === opened?.fence);
  return (
    <>
      {strips.map((one) => (
        <Strip key={one.fence} strip={one} onOpen={({ file }) => setOpened({ fence: one.fence, file })} />
      ))}
      {strip !== undefined && opened !== undefined && (
        <ShotDialog
          strip={strip}
          file={opened.file}
          onTurn={(file) => setOpened({ fence: strip.fence, file })}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  );
}

interface StripProperties {
  readonly strip: SlotStrip;
  readonly onOpen: (shot: StripShot) => void;
}

function Strip({ strip, onOpen }: StripProperties) {
  const { slot, fence, holder, since, isKept, pictures } = strip;
  const title = `strip-${slot}-${fence}`;
  return (
    <section class="strip" aria-labelledby={title}>
      <h3 id={title}>
        Screenshots of {holder}
        <span class="muted number">
          {countOf(pictures.length, 'picture')} since {whenOf(since, now.value)}
          {isKept ? '; kept' : '; deleted with the lease'}
        </span>
      </h3>
      <ol class="shots">
        {pictures.map((shot) => (
          <li key={shot.file}>
            <button class="shot" type="button" aria-label={shotName(shot)} onClick={() => onOpen(shot)}>
              <img src={viewerPaths.stripShot(slot, fence, shot.file)} alt="" loading="lazy" />
              <span class="number">{timeOfDay(shot.at)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
