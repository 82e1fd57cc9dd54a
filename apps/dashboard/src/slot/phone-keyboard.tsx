import { useRef } from 'preact/hooks';
import { Icon } from '../icon.js';
import { sendInput } from '../live/picture-feed.js';

// Something to delete, or a phone does not tell that its delete key was pressed.
const filler = '  ';

const keys = {
  deleteContentBackward: { key: 'Backspace', code: 'Backspace', keyCode: 8 },
  deleteContentForward: { key: 'Delete', code: 'Delete', keyCode: 46 },
  insertLineBreak: { key: 'Enter', code: 'Enter', keyCode: 13 },
  insertParagraph: { key: 'Enter', code: 'Enter', keyCode: 13 },
} as const;

/** For devices without keys of their own: a button that brings up theirs. What is composed there is sent as text. */
export function PhoneKeyboard({ slot }: { slot: number }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const onBeforeInput = (event: InputEvent): void => {
    const key = Object.entries(keys).find(([inputType]) => inputType === event.inputType)?.[1];
    if (key !== undefined) {
      event.preventDefault();
      press(slot, key);
    } else if (event.inputType === 'insertText' && event.data !== null) {
      event.preventDefault();
      sendInput({ type: 'text', slot, text: event.data });
    }
  };
  const onComposed = ({ data, currentTarget }: CompositionEvent): void => {
    if (data !== '') sendInput({ type: 'text', slot, text: data });
    if (currentTarget instanceof HTMLTextAreaElement) currentTarget.value = filler;
  };
  return (
    <div class="phone-keyboard">
      <textarea
        class="unseen"
        ref={field}
        aria-label={`Text for the browser of slot ${slot}`}
        tabIndex={-1}
        autocapitalize="off"
        autocomplete="off"
        spellcheck={false}
        defaultValue={filler}
        onBeforeInput={onBeforeInput}
        onCompositionEnd={onComposed}
      />
      <button class="button" type="button" onClick={() => field.current?.focus()}>
        <Icon name="keyboard" />
        Keyboard
      </button>
    </div>
  );
}

function press(
  slot: number,
  key: { readonly key: string; readonly code: string; readonly keyCode: number },
): void {
  const none = { alt: false, ctrl: false, meta: false, shift: false, location: 0, repeat: false };
  for (const action of ['down', 'up'] as const) sendInput({ type: 'key', slot, action, ...key, ...none });
}
