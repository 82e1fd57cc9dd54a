import { modifiersOf } from './input-target.js';
import type { InputTarget } from './input-target.js';

const leaveKey = 'F8';

/**
 * Sends keys pressed in a field to a slot, and calls `leave` for the one that gives the keyboard back to the page. Keys
 * that are held when the focus goes elsewhere are let go. What an input method composes is left to it.
 */
export function takeKeys(
  field: HTMLElement,
  { slot, send }: InputTarget,
  { leave, signal }: { readonly leave: () => void; readonly signal: AbortSignal },
): void {
  const held = new Map<string, KeyboardEvent>();
  const tell = (action: 'down' | 'up', event: KeyboardEvent): void => {
    const { key, code, keyCode, location, repeat } = event;
    if (action === 'down') held.set(code, event);
    else held.delete(code);
    send({ type: 'key', slot, action, key, code, keyCode, location, repeat, ...modifiersOf(event) });
  };
  const onKey = (action: 'down' | 'up') => (event: KeyboardEvent) => {
    if (isComposed(event) || isPaste(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key !== leaveKey) tell(action, event);
    else if (action === 'down') leave();
  };
  const letGo = (): void => [...held.values()].forEach((event) => tell('up', event));
  field.addEventListener('keydown', onKey('down'), { signal });
  field.addEventListener('keyup', onKey('up'), { signal });
  field.addEventListener('blur', letGo, { signal });
}

// 229 is what a key is called that an input method, or the keyboard of a phone, has taken.
const isComposed = ({ isComposing, keyCode }: KeyboardEvent): boolean => isComposing || keyCode === 229;

// The clipboard is this device's: it comes as a paste event, and goes as text.
const isPaste = ({ key, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  (ctrlKey || metaKey) && key.toLowerCase() === 'v';
