import type { SlotState } from '@escarp/live-view/wire';
import { controlWords, slotWords } from '../text/slot-words.js';

/** The state of a slot in a word; what wants a person's attention comes first. */
export function StatePill({ slot, asks }: { slot: SlotState; asks: boolean }) {
  const control = controlWords(slot);
  const { label, tone } = slotWords(slot);
  if (control !== undefined) {
    return (
      <span class="pill" data-tone="human">
        {control}
      </span>
    );
  }
  if (asks) {
    return (
      <span class="pill" data-tone="wait">
        Asks for help
      </span>
    );
  }
  return (
    <span class="pill" data-tone={tone}>
      {label}
    </span>
  );
}
