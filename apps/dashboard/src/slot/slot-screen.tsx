import { useState } from 'preact/hooks';
import type { SlotState } from '@escarp/live-view/wire';
import { pictureStates } from '../live/picture-feed.js';
import { PicturePlace } from '../slots/picture-place.js';
import { CastScreen } from './cast-screen.js';
import { VncScreen } from './vnc-screen.js';

/** The picture of a slot, large; whoever is in control clicks and types in it. */
export function SlotScreen({ slot }: { slot: SlotState }) {
  const [tab, setTab] = useState<number>();
  const isOwn = slot.control.by === 'human' && slot.control.isOwn === true;
  const isShown = slot.state === 'leased';
  return (
    <section class="screen panel" aria-label={`Screen of slot ${slot.slot}`} data-own={isOwn}>
      {slot.picture === 'vnc' && isShown ? (
        <VncScreen key={String(isOwn)} slot={slot.slot} isOwn={isOwn} />
      ) : (
        <>
          <TabStrip slot={slot.slot} chosen={tab} choose={setTab} />
          <PicturePlace slot={slot}>
            {isShown && <CastScreen slot={slot.slot} isOwn={isOwn} tab={tab} />}
          </PicturePlace>
        </>
      )}
    </section>
  );
}

function TabStrip({
  slot,
  chosen,
  choose,
}: {
  slot: number;
  chosen: number | undefined;
  choose: (tab: number | undefined) => void;
}) {
  const picture = pictureStates.value.get(slot);
  const shown = picture?.tabs.find(({ tab }) => tab === picture.tab);
  if (picture === undefined || shown === undefined) return <div class="address path">&nbsp;</div>;
  return (
    <div class="address">
      {picture.tabs.length > 1 && (
        <select
          class="tab-choice"
          aria-label="Tab"
          value={chosen === undefined ? '' : String(picture.tab)}
          onChange={({ currentTarget: { value } }) => choose(value === '' ? undefined : Number(value))}
        >
          <option value="">Newest tab</option>
          {picture.tabs.map(({ tab, title, url }) => (
            <option key={tab} value={String(tab)}>
              {title === '' ? url : title}
            </option>
          ))}
        </select>
      )}
      <span class="path cut" title={shown.url}>
        {shown.url}
      </span>
    </div>
  );
}
