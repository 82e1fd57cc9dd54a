import { modifiersOf } from './input-target.js';
import type { PageTarget } from './input-target.js';
import { pointOn } from './point-on.js';
import { focusScreen } from './screen-focus.js';

const buttonNames = ['left', 'middle', 'right', 'back', 'forward'] as const;

/** Sends what a mouse or a finger does on the element to a slot, until the returned function is called. */
export function takeMouse(element: HTMLElement, target: PageTarget): () => void {
  const ended = new AbortController();
  takeButtons(element, target, ended.signal);
  takeWheel(element, target, ended.signal);
  takeTouch(element, target, ended.signal);
  return () => ended.abort();
}

function takeButtons(element: HTMLElement, { slot, page, send }: PageTarget, signal: AbortSignal): void {
  const tell = (action: 'move' | 'down' | 'up', event: MouseEvent): void => {
    const { button, buttons, detail } = event;
    // What was pressed on the page is let go there, wherever the mouse is by then.
    const point = pointOn(element, page(), event, { isClamped: action === 'up' || buttons !== 0 });
    if (point === undefined) return;
    const isMove = action === 'move';
    const pressed = isMove ? 'none' : (buttonNames[button] ?? 'none');
    const clicks = isMove ? 0 : Math.min(Math.max(detail, 1), 3);
    send({ type: 'mouse', slot, action, ...point, button: pressed, buttons, clicks, ...modifiersOf(event) });
  };
  const move = oncePerFrame((event: MouseEvent) => tell('move', event));
  const press = (action: 'down' | 'up') => (event: MouseEvent) => {
    event.preventDefault();
    focusScreen();
    move.flush();
    tell(action, event);
  };
  element.addEventListener('mousemove', move.call, { signal });
  element.addEventListener('mousedown', press('down'), { signal });
  element.addEventListener('mouseup', press('up'), { signal });
  element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  // A drag that leaves the picture still belongs to it.
  const capture = ({ pointerId }: PointerEvent): void => element.setPointerCapture(pointerId);
  element.addEventListener('pointerdown', capture, { signal });
}

function takeWheel(element: HTMLElement, { slot, page, send }: PageTarget, signal: AbortSignal): void {
  const turn = (event: WheelEvent): void => {
    event.preventDefault();
    const point = pointOn(element, page(), event);
    const { deltaX, deltaY } = event;
    if (point !== undefined) send({ type: 'wheel', slot, ...point, deltaX, deltaY, ...modifiersOf(event) });
  };
  element.addEventListener('wheel', turn, { signal, passive: false });
}

// A tap becomes a click by itself; a finger that moves scrolls.
function takeTouch(element: HTMLElement, { slot, page, send }: PageTarget, signal: AbortSignal): void {
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

interface Spaced<T> {
  readonly call: (value: T) => void;
  /** Makes the call that is due now. */
  readonly flush: () => void;
}

/** Of many calls before the next frame, only the last is made. */
function oncePerFrame<T>(make: (value: T) => void): Spaced<T> {
  let due: { readonly value: T } | undefined;
  const flush = (): void => {
    const made = due;
    due = undefined;
    if (made !== undefined) make(made.value);
  };
  const call = (value: T): void => {
    if (due === undefined) requestAnimationFrame(flush);
    due = { value };
  };
  return { call, flush };
}
