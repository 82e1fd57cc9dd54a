import { modifiersOf } from './input-target.js';
import type { InputTarget } from './input-target.js';

interface Options {
  /** Called for the key that gives the keyboard back to the page. */
  readonly leave: () => void;
  readonly signal: AbortSignal;
}

const leaveKey = 'F8';

/** Sends keys to a slot. Keys that are held when the focus goes elsewhere are let go. */
export function takeKeys(
  element: HTMLElement,
  { slot, send }: InputTarget,
  { leave, signal }: Options,
): void {
  const held = new Map<string, KeyboardEvent>();
  const tell = (action: 'down' | 'up', event: KeyboardEvent): void => {
    const { key, code, keyCode, location, repeat } = event;
    if (action === 'down') held.set(code, event);
    else held.delete(code);
    send({ type: 'key', slot, action, key, code, keyCode, location, repeat, ...modifiersOf(event) });
  };
  const onKey = (action: 'down' | 'up') => (event: KeyboardEvent) => {
    // The clipboard is this device's: it comes as a paste event, and as text.
    if (isPaste(event) || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key !== leaveKey) tell(action, event);
    else if (action === 'down') leave();
  };
  element.addEventListener('keydown', onKey('down'), { signal });
  element.addEventListener('keyup', onKey('up'), { signal });
  element.addEventListener('blur', () => [...held.values()].forEach((event) => tell('up', event)), {
    signal,
  });
  document.addEventListener(
    'paste',
    (event) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (document.activeElement === element && text !== '') send({ type: 'text', slot, text });
    },
    { signal },
  );
}

const isPaste = ({ key, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  (ctrlKey || metaKey) && key.toLowerCase() === 'v';
