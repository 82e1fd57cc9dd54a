import { signal } from '@preact/signals';

/** What a screen reader says next. */
export const announcement = signal('');

/** Tells those who do not see the page. The same words twice in a row are told twice. */
export function announce(text: string): void {
  announcement.value = announcement.value === text ? `${text}\u200b` : text;
}
