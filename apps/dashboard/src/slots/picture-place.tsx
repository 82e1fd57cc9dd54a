import type { ComponentChildren } from 'preact';
import type { SlotState } from '@escarp/live-view/wire';
import { pictureStates } from '../live/picture-feed.js';
import { slotWords } from '../text/slot-words.js';

/** Where a picture is, or why there is none. */
export function PicturePlace({ slot, children }: { slot: SlotState; children: ComponentChildren }) {
  const words = insteadOf(slot);
  return (
    <div class="picture-place">
      {words !== undefined && <p class="instead">{words}</p>}
      {children}
    </div>
  );
}

function insteadOf(slot: SlotState): string | undefined {
  if (slot.state !== 'leased') return slotWords(slot).instead;
  const picture = pictureStates.value.get(slot.slot);
  if (picture === undefined) return slotWords(slot).instead;
  if (picture.state === 'starting') return 'The browser is being started again';
  if (picture.state === 'gone') return 'The slot has left the pool';
  return undefined;
}
