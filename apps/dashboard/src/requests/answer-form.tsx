import { useState } from 'preact/hooks';
import { post, wordsOf } from '../live/api.js';
import { Problem } from '../problem.js';

interface Choice {
  readonly label: string;
  readonly look?: 'primary' | 'danger';
  readonly body: object;
}

interface Properties {
  /** Where the answer is sent. */
  readonly path: string;
  readonly noteLabel: string;
  readonly choices: readonly Choice[];
  /** Called when the server has taken the answer. */
  readonly onDone?: () => void;
}

/** An answer to an agent: a choice, with a note if there is something to say. */
export function AnswerForm({ path, noteLabel, choices, onDone }: Properties) {
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isSending, setIsSending] = useState(false);
  const send = async (body: object): Promise<void> => {
    setIsSending(true);
    setProblem(undefined);
    const told = note.trim();
    const answer = await post(path, told === '' ? body : { ...body, note: told });
    setIsSending(false);
    if (answer.ok) onDone?.();
    else setProblem(wordsOf(answer.error));
  };
  return (
    <div class="form">
      <label class="field">
        <span>{noteLabel}</span>
        <textarea
          value={note}
          maxLength={2_000}
          onInput={({ currentTarget }) => setNote(currentTarget.value)}
        />
      </label>
      <div class="buttons">
        {choices.map(({ label, look, body }) => (
          <button
            key={label}
            type="button"
            class={`button ${look ?? ''}`}
            disabled={isSending}
            onClick={() => void send(body)}
          >
            {label}
          </button>
        ))}
      </div>
      <Problem text={problem} />
    </div>
  );
}
