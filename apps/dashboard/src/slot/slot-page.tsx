import { Icon } from '../icon.js';
import { slotOf, viewer } from '../live/viewer.js';
import { AskCard } from '../requests/ask-card.js';
import { addressOf } from '../route.js';
import { useFocusedHeading } from '../shell/focused-heading.js';
import { StatePill } from '../slots/state-pill.js';
import { SlotHistory } from '../timeline/slot-history.js';
import { ControlPanel } from './control-panel.js';
import { SlotFacts } from './slot-facts.js';
import { SlotScreen } from './slot-screen.js';

/** One slot, large. */
export function SlotPage({ slot: number }: { slot: number }) {
  const heading = useFocusedHeading();
  const slot = slotOf(number);
  const asks = (viewer.value?.asks ?? []).filter((ask) => ask.slot === number);
  return (
    <>
      <div class="heading slot-heading">
        <a class="button plain icon" href={addressOf({ page: 'slots' })} aria-label="All slots">
          <Icon name="back" />
        </a>
        <h1 tabIndex={-1} ref={heading}>
          Slot {number}
        </h1>
        {slot !== undefined && <StatePill slot={slot} asks={asks.length > 0} />}
        {slot?.holder && <p class="holder cut">{slot.holder}</p>}
        <Neighbours of={number} />
      </div>
      {slot === undefined ? (
        <p class="note">There is no slot {number} in the pool, or this link does not show it.</p>
      ) : (
        <div class="slot-page">
          <SlotScreen slot={slot} />
          <div class="slot-side">
            {asks.map((ask) => (
              <AskCard key={ask.id} ask={ask} />
            ))}
            <ControlPanel slot={slot} />
            <SlotFacts slot={slot} />
          </div>
          <SlotHistory slot={number} />
        </div>
      )}
    </>
  );
}

function Neighbours({ of }: { of: number }) {
  const numbers = (viewer.value?.slots ?? []).map(({ slot }) => slot);
  const at = numbers.indexOf(of);
  if (numbers.length < 2 || at === -1) return null;
  const link = (step: 1 | -1) => {
    const slot = numbers[(at + step + numbers.length) % numbers.length] ?? of;
    return (
      <a
        class="button plain icon"
        href={addressOf({ page: 'slot', slot })}
        aria-label={`${step === 1 ? 'Next' : 'Previous'}: slot ${slot}`}
      >
        <Icon name={step === 1 ? 'next' : 'previous'} />
      </a>
    );
  };
  return (
    <nav class="neighbours" aria-label="Other slots">
      {link(-1)}
      {link(1)}
    </nav>
  );
}
