import type { DisplayHolder } from './display-holder.js';
import type { XSession } from './x-session.js';

/** One kind of state of a display: how a holder leaves it behind, and how the next one would come upon it. */
export interface DisplayKind {
  readonly name: string;
  readonly plant: (former: DisplayHolder) => Promise<unknown>;
  /** The former holder does in it what they still can. */
  readonly find: (next: DisplayHolder, former: DisplayHolder) => Promise<boolean>;
}

/** The protocol's numbers that are used here. */
export const protocol = {
  replace: 0,
  string: 31,
  anyType: 0,
  asynchronous: 1,
  currentTime: 0,
  none: 0,
} as const;

export async function setText(x: XSession, window: number, property: string, text: string): Promise<void> {
  const { replace, string } = protocol;
  await x.ask('ChangeProperty', replace, window, await x.atom(property), string, 8, Buffer.from(text));
}

/** Empty when the window has no such property, or is gone. */
export async function textOf(x: XSession, window: number, property: string): Promise<string> {
  const words = [0, window, await x.atom(property), protocol.anyType, 0, 64] as const;
  const answer = await x.ask<{ data: Buffer }>('GetProperty', ...words).catch(() => undefined);
  return answer?.data.toString() ?? '';
}

/** A window of a few pixels in the screen's corner, above all others. */
export async function cornerWindow(x: XSession, attributes: object = {}): Promise<number> {
  const id = x.newId();
  const values = { overrideRedirect: 1, ...attributes };
  await x.ask('CreateWindow', id, x.root, 0, 0, 40, 40, 0, 0, 0, 0, values);
  await x.ask('MapWindow', id);
  await x.ask('RaiseWindow', id);
  return id;
}

/** Whether a window on the screen carries this mark. */
export async function isMarked(x: XSession, mark: string): Promise<boolean> {
  const { children } = await x.ask<{ children: number[] }>('QueryTree', x.root);
  const texts = await Promise.all(children.map((window) => textOf(x, window, mark)));
  return texts.includes('leaked');
}

export interface XTest {
  readonly KeyPress: number;
  readonly KeyRelease: number;
  readonly FakeInput: (
    type: number,
    code: number,
    time: number,
    window: number,
    x: number,
    y: number,
  ) => void;
}

/** Presses and releases keys as a keyboard would; `type` is the name of the event. */
export async function typeKey(x: XSession, type: 'KeyPress' | 'KeyRelease', code: number): Promise<void> {
  const test = await x.extension<XTest>('xtest');
  test.FakeInput(test[type], code, 0, 0, 0, 0);
  await x.settle();
}

export async function isKeyDown(x: XSession, code: number): Promise<boolean> {
  const keys = await x.ask<Buffer>('QueryKeymap');
  return ((keys[code >> 3] ?? 0) & (1 << (code & 7))) !== 0;
}
