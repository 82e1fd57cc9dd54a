/** Positions are in the units of the frame's `pageWidth` and `pageHeight`. */
export type SlotInput =
  | ({
      type: 'mouse';
      slot: number;
      action: 'move' | 'down' | 'up';
      x: number;
      y: number;
      /** The button that went down or up. */
      button: 'none' | 'left' | 'middle' | 'right' | 'back' | 'forward';
      /** Held buttons, as `MouseEvent.buttons`. */
      buttons: number;
      /** 1, 2 for a double click, 3 for a triple one. */
      clicks: number;
    } & Modifiers)
  | ({
      type: 'wheel';
      slot: number;
      x: number;
      y: number;
      /** In CSS pixels. */
      deltaX: number;
      /** In CSS pixels. */
      deltaY: number;
    } & Modifiers)
  | ({
      type: 'key';
      slot: number;
      action: 'down' | 'up';
      /** `KeyboardEvent.key`, and so on. */
      key: string;
      code: string;
      /** `KeyboardEvent.keyCode`. */
      keyCode: number;
      /** `KeyboardEvent.location`, a number from 0 to 3. */
      location: number;
      repeat: boolean;
    } & Modifiers)
  /** Pasted text, and what an input method or the keyboard of a phone composes. */
  | { type: 'text'; slot: number; text: string };

/** Which modifier keys are held. */
export interface Modifiers {
  alt: boolean;
  ctrl: boolean;
  meta: boolean;
  shift: boolean;
}
