// The part of the package `x11` that is used here; it ships no declarations of its own.
declare module 'x11' {
  import type { EventEmitter } from 'node:events';
  import type { Duplex } from 'node:stream';

  export type XError = Error & { error?: number };
  export type Done<T> = (error: XError | null | undefined, value: T) => true;
  export type XProperty = { type: number; format: number; data: Buffer };
  export type XVisual = { red_mask: number; green_mask: number; blue_mask: number };
  export type XScreen = {
    root: number;
    root_visual: number;
    pixel_width: number;
    pixel_height: number;
    depths: Record<string, Record<string, XVisual>>;
  };
  export type XDisplay = { client: XClient; screen: XScreen[]; image_byte_order: number; format: unknown };
  export interface XClient extends EventEmitter {
    display: XDisplay;
    /** Atoms by name, as far as they are known. */
    atoms: Record<string, number>;
    InternAtom(onlyIfExists: boolean, name: string, done: Done<number>): void;
    GetProperty(
      remove: 0,
      window: number,
      name: number,
      type: number,
      offset: number,
      words: number,
      done: Done<XProperty>,
    ): void;
    QueryTree(window: number, done: Done<{ root: number; parent: number; children: number[] }>): void;
    GetWindowAttributes(
      window: number,
      done: Done<{ mapState: number; klass: number; overrideRedirect: number }>,
    ): void;
    GetGeometry(
      drawable: number,
      done: Done<{ xPos: number; yPos: number; width: number; height: number }>,
    ): void;
    TranslateCoordinates(
      from: number,
      to: number,
      x: number,
      y: number,
      done: Done<{ destX: number; destY: number }>,
    ): void;
    GetInputFocus(done: Done<{ focus: number; revertTo: number }>): void;
    SetInputFocus(window: number, revertTo: number, time: number, done: Done<void>): void;
    ChangeWindowAttributes(window: number, values: { eventMask: number }, done: Done<void>): void;
    MapWindow(window: number, done: Done<void>): void;
    RaiseWindow(window: number, done: Done<void>): void;
    SendClientMessage(
      destination: number,
      about: number,
      type: number,
      format: 32,
      data: readonly number[],
      mask: number,
      done: Done<void>,
    ): void;
    GetImage(
      format: number,
      drawable: number,
      x: number,
      y: number,
      width: number,
      height: number,
      planes: number,
      done: Done<{ depth: number; visualId: number; data: Buffer }>,
    ): void;
  }

  const x11: {
    createClient(
      options: {
        stream: Duplex;
        display: string;
        auth: { name: string; data: string };
        disableBigRequests: true;
      },
      done: (error: Error | undefined, display: XDisplay) => void,
    ): XClient;
  };
  export default x11;
}
