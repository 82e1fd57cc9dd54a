import { useEffect, useRef } from 'preact/hooks';
import { viewerPaths } from '@escarp/live-view/wire';
import type { SlotState } from '@escarp/live-view/wire';
import { announce } from '../live/announcement.js';
import { now } from '../live/clock.js';
import { mayControl } from '../live/viewer.js';
import { AnswerForm } from '../requests/answer-form.js';
import { controlWords } from '../text/slot-words.js';
import { duration } from '../text/duration.js';
import { focusScreen } from './screen-focus.js';
import { ControlEnd } from './control-end.js';
import { TakeOver } from './take-over.js';

/** Who drives the slot, and how to change that. */
export function ControlPanel({ slot }: { slot: SlotState }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusThatFollows(slot, heading);
  return (
    <section class="panel control" data-by={slot.control.by}>
      <h2 tabIndex={-1} ref={heading}>
        {controlWords(slot) ?? 'Control'}
      </h2>
      <div class="body">
        <Content slot={slot} />
      </div>
    </section>
  );
}

function Content({ slot }: { slot: SlotState }) {
  if (slot.control.by === 'human')
    return slot.control.isOwn === true ? <HandBack slot={slot} /> : <Other slot={slot} />;
  if (slot.state !== 'leased')
    return <p class="muted">Nobody holds this slot, so there is nothing to take over.</p>;
  if (!mayControl(slot.slot)) {
    return <p class="muted">The agent drives. You can watch; taking over needs a link with control.</p>;
  }
  return <TakeOver slot={slot.slot} />;
}

function HandBack({ slot }: { slot: SlotState }) {
  const { control } = slot;
  return (
    <>
      <p class="muted">
        {control.since !== undefined && `For ${duration(now.value - control.since)}. `}
        The agent waits, and its lease does not run out meanwhile. Press <kbd>F8</kbd> to leave the picture
        with the keyboard.
      </p>
      <ControlEnd slot={slot} />
      <AnswerForm
        path={viewerPaths.control(slot.slot)}
        noteLabel="Note to the agent (optional)"
        choices={[
          { label: 'Hand back: done', look: 'primary', body: { by: 'agent', outcome: 'done' } },
          { label: 'Hand back: not done', body: { by: 'agent', outcome: 'declined' } },
        ]}
      />
    </>
  );
}

const Other = ({ slot }: { slot: SlotState }) => (
  <>
    <p>
      {slot.control.since !== undefined && `For ${duration(now.value - slot.control.since)}. `}
      {slot.control.reason}
    </p>
    <ControlEnd slot={slot} />
  </>
);

// The buttons that had the focus are gone after a change of control; it goes where one goes on.
function useFocusThatFollows(
  { slot, control }: SlotState,
  heading: { readonly current: HTMLElement | null },
): void {
  const isOwn = control.by === 'human' && control.isOwn === true;
  const before = useRef(isOwn);
  useEffect(() => {
    if (isOwn === before.current) return;
    before.current = isOwn;
    announce(isOwn ? `You are in control of slot ${slot}.` : `Slot ${slot} is the agent's again.`);
    if (isOwn) focusScreen();
    else heading.current?.focus();
  }, [isOwn]);
}
