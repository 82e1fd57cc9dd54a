import type { ComponentChildren } from 'preact';
import { viewerPaths } from '@escarp/live-view/wire';
import type { Ask } from '@escarp/live-view/wire';
import { announce } from '../live/announcement.js';
import { mayControl, slotOf } from '../live/viewer.js';
import { AnswerForm } from './answer-form.js';
import { TimeLeft } from './time-left.js';

interface Properties {
  readonly ask: Ask;
  /** Shown in place of the answer: on the overview, the way to the slot. */
  readonly children?: ComponentChildren;
}

/** An agent that is stuck and asks for help. */
export function AskCard({ ask, children }: Properties) {
  const { slot, holder, reason, instructions } = ask;
  return (
    <article class="request note" data-tone="wait">
      <div class="request-body">
        <div class="request-words">
          <h2>
            {slot !== null && `Slot ${slot}: `}
            {holder} asks for help
          </h2>
          <p>{reason}</p>
          {instructions !== null && <p class="request-text muted">{instructions}</p>}
          <TimeLeft since={ask.askedAt} until={ask.expiresAt} />
        </div>
        {children || <AskAnswerForm ask={ask} />}
      </div>
    </article>
  );
}

function AskAnswerForm({ ask: { id, slot } }: { ask: Ask }) {
  if (slot !== null && slotOf(slot)?.control.isOwn === true) {
    return <p class="muted">Handing the slot back answers this request.</p>;
  }
  if (!mayControl(slot)) return <p class="muted">Answering needs a link with control.</p>;
  return (
    <AnswerForm
      path={viewerPaths.ask(id)}
      noteLabel="Note to the agent (optional)"
      choices={[
        { label: 'Done', look: 'primary', body: { outcome: 'done' } },
        { label: 'Decline', body: { outcome: 'declined' } },
      ]}
      onDone={() => announce('Your answer was sent to the agent.')}
    />
  );
}
