import { useState } from 'preact/hooks';
import { viewerPaths } from '@escarp/live-view/wire';
import type { ControlState } from '@escarp/live-view/wire';
import { Icon } from '../icon.js';
import { post, wordsOf } from '../live/api.js';
import { Problem } from '../problem.js';

/** Takes the slot from the agent, for as long as a person needs. */
export function TakeOver({ slot }: { slot: number }) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string>();
  const take = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem(undefined);
    const why = reason.trim();
    const request = { by: 'human', ...(why === '' ? {} : { reason: why }) };
    const answer = await post<ControlState>(viewerPaths.control(slot), request);
    if (!answer.ok) setProblem(wordsOf(answer.error));
  };
  return (
    <form class="form" onSubmit={(event) => void take(event)}>
      <p class="muted">
        The agent is told, and its page tools refuse input until you hand back. An agent that is connected to
        the browser directly is told too, but can go on.
      </p>
      <label class="field">
        <span>Why (optional)</span>
        <input
          value={reason}
          maxLength={300}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      <div class="buttons">
        <button class="button primary" type="submit">
          <Icon name="hand" />
          Take over
        </button>
      </div>
      <Problem text={problem} />
    </form>
  );
}
