import type { Modifiers, SlotInput } from '../wire/index.js';

/** A DevTools command. */
export interface InputCommand {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The DevTools command that does what a person did to the picture. */
export function inputCommand(input: SlotInput): InputCommand {
  if (input.type === 'text') return { method: 'Input.insertText', params: { text: input.text } };
  if (input.type === 'key') return { method: 'Input.dispatchKeyEvent', params: keyEvent(input) };
  return { method: 'Input.dispatchMouseEvent', params: mouseEvent(input) };
}

type Of<T extends SlotInput['type']> = Extract<SlotInput, { type: T }>;

const mouseTypes = { move: 'mouseMoved', down: 'mousePressed', up: 'mouseReleased' } as const;

function mouseEvent(input: Of<'mouse'> | Of<'wheel'>): InputCommand['params'] {
  const { x, y } = input;
  const modifiers = modifierBits(input);
  if (input.type === 'wheel') {
    return { type: 'mouseWheel', x, y, modifiers, deltaX: input.deltaX, deltaY: input.deltaY };
  }
  const { action, button, buttons, clicks } = input;
  return { type: mouseTypes[action], x, y, modifiers, button, buttons, clickCount: clicks };
}

function keyEvent(input: Of<'key'>): InputCommand['params'] {
  const { action, key, code, keyCode, location, repeat } = input;
  const text = action === 'down' ? textOf(input) : undefined;
  return {
    // A key that writes nothing is raw: with `keyDown` Chrome would wait for its text.
    type: action === 'up' ? 'keyUp' : text === undefined ? 'rawKeyDown' : 'keyDown',
    modifiers: modifierBits(input),
    key,
    code,
    windowsVirtualKeyCode: keyCode,
    location,
    autoRepeat: repeat,
    isKeypad: location === numpad,
    ...(text === undefined ? {} : { text, unmodifiedText: text }),
  };
}

const numpad = 3;

/** What the key writes; nothing with Ctrl or Meta, which make it a shortcut. */
function textOf({ key, ctrl, meta, alt }: Of<'key'>): string | undefined {
  // AltGr is reported as both, and does write.
  if (meta || (ctrl && !alt)) return undefined;
  if (key === 'Enter') return '\r';
  return Array.from(key).length === 1 ? key : undefined;
}

/** As DevTools counts them. */
function modifierBits({ alt, ctrl, meta, shift }: Modifiers): number {
  return (alt ? 1 : 0) + (ctrl ? 2 : 0) + (meta ? 4 : 0) + (shift ? 8 : 0);
}
