import type { Modifiers, SlotInput } from '@escarp/live-view/wire';

/** Whom input goes to. */
export interface InputTarget {
  readonly slot: number;
  readonly send: (input: SlotInput) => void;
}

/** The same, for input that has a place. */
export interface PageTarget extends InputTarget {
  /** Size of the page in the units of input. */
  readonly page: () => { readonly pageWidth: number; readonly pageHeight: number };
}

export const modifiersOf = ({
  altKey,
  ctrlKey,
  metaKey,
  shiftKey,
}: MouseEvent | KeyboardEvent): Modifiers => ({
  alt: altKey,
  ctrl: ctrlKey,
  meta: metaKey,
  shift: shiftKey,
});
