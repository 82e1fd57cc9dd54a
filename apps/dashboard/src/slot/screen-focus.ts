const id = 'screen';

/** The id of the element that takes keys and clicks for a slot. */
export const screenId = id;

/** Gives the keyboard to the picture. */
export function focusScreen(): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus({ preventScroll: true }));
}

/** Gives the keyboard back to the page, at the place where control is handed back. */
export function leaveScreen(): void {
  document.querySelector<HTMLElement>('.control textarea, .control button')?.focus();
}
