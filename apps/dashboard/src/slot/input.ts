import { modifiersOf } from './input-target.js';
import type { InputTarget } from './input-target.js';
import { takeKeys } from './key-input.js';
import { pointOn } from './point-on.js';
import { leaveScreen } from './screen-focus.js';

const buttons = ['left', 'middle', 'right', 'back', 'forward'] as const;

/** Sends what happens on the element to a slot, until the returned function is called. */
export function takeInput(element: HTMLElement, target: InputTarget): () => void {
  const ended = new AbortController();
  takeMouse(element, target, ended.signal);
  takeTouch(element, target, ended.signal);
  takeKeys(element, target, { leave: leaveScreen, signal: ended.signal });
  return () => ended.abort();
}

function takeMouse(element: HTMLElement, { slot, page, send }: InputTarget, signal: AbortSignal): void {
  const tell = (action: 'move' | 'down' | 'up', event: MouseEvent): void => {
    const point = pointOn(element, page(), event);
    if (point === undefined) return;
    const button = action === 'move' ? 'none' : (buttons[event.button] ?? 'none');
    const clicks = Math.min(Math.max(event.detail, action === 'move' ? 0 : 1), 3);
    send({
      type: 'mouse',
      slot,
      action,
      ...point,
      button,
      buttons: event.buttons,
      clicks,
      ...modifiersOf(event),
    });
  };
  const move = oncePerFrame((event: MouseEvent) => tell('move', event));
  element.addEventListener('mousemove', move, { signal });
  element.addEventListener('mousedown', (event) => tell('down', event), { signal });
  element.addEventListener('mouseup', (event) => tell('up', event), { signal });
  // A drag that leaves the picture still belongs to it.
  element.addEventListener('pointerdown', ({ pointerId }) => element.setPointerCapture(pointerId), {
    signal,
  });
  element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const point = pointOn(element, page(), event);
      const { deltaX, deltaY } = event;
      if (point !== undefined) send({ type: 'wheel', slot, ...point, deltaX, deltaY, ...modifiersOf(event) });
    },
    { signal, passive: false },
  );
}

// A tap becomes a click by itself; a finger that moves scrolls.
function takeTouch(element: HTMLElement, { slot, page, send }: InputTarget, signal: AbortSignal): void {
  let last: PointerEvent | undefined;
  element.addEventListener(
    'pointermove',
    (event) => {
      if (event.pointerType !== 'touch') return;
      const point = pointOn(element, page(), event);
      const [deltaX, deltaY] =
        last === undefined ? [0, 0] : [last.clientX - event.clientX, last.clientY - event.clientY];
      last = event;
      if (point !== undefined) send({ type: 'wheel', slot, ...point, deltaX, deltaY, ...modifiersOf(event) });
    },
    { signal },
  );
  for (const type of ['pointerup', 'pointercancel']) {
    element.addEventListener(type, () => (last = undefined), { signal });
  }
}

/** Of many calls before the next frame, only the last is made. */
function oncePerFrame<T>(call: (value: T) => void): (value: T) => void {
  let latest: T;
  let isDue = false;
  return (value) => {
    latest = value;
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      call(latest);
    });
  };
}
