import type { InputTarget } from './input-target.js';

/** What is kept in the field: without something to delete, a phone does not tell that its delete key was pressed. */
export const filler = '  ';

const keys = {
  deleteContentBackward: { key: 'Backspace', code: 'Backspace', keyCode: 8 },
  deleteContentForward: { key: 'Delete', code: 'Delete', keyCode: 46 },
  insertLineBreak: { key: 'Enter', code: 'Enter', keyCode: 13 },
  insertParagraph: { key: 'Enter', code: 'Enter', keyCode: 13 },
} as const;

/** Sends what comes to a field as text, not as keys: composed, dictated, pasted, or typed on a phone. */
export function takeText(field: HTMLTextAreaElement, target: InputTarget, signal: AbortSignal): void {
  const say = (text: string | null | undefined): void => {
    if (text) target.send({ type: 'text', slot: target.slot, text });
  };
  const onBeforeInput = (event: InputEvent): void => {
    // Composition cannot be prevented; it is read when it is done.
    if (event.inputType === 'insertCompositionText') return;
    event.preventDefault();
    const key = Object.entries(keys).find(([inputType]) => inputType === event.inputType)?.[1];
    if (key !== undefined) press(target, key);
    else say(event.data);
  };
  const onComposed = ({ data }: CompositionEvent): void => {
    say(data);
    field.value = filler;
  };
  const onPaste = (event: ClipboardEvent): void => {
    event.preventDefault();
    say(event.clipboardData?.getData('text/plain'));
  };
  field.addEventListener('beforeinput', onBeforeInput, { signal });
  field.addEventListener('compositionend', onComposed, { signal });
  field.addEventListener('paste', onPaste, { signal });
}

function press({ slot, send }: InputTarget, key: (typeof keys)[keyof typeof keys]): void {
  const none = { alt: false, ctrl: false, meta: false, shift: false, location: 0, repeat: false };
  for (const action of ['down', 'up'] as const) send({ type: 'key', slot, action, ...key, ...none });
}
