import { effect, signal } from '@preact/signals';
import { viewer } from '../live/viewer.js';
import { addressOf } from '../route.js';
import { type RequestWords, requestWords } from './request-words.js';

/** Whether this browser may notify of requests; `unavailable` where it has no notifications at all. */
export const permission = signal<NotificationPermission | 'unavailable'>(
  'Notification' in globalThis ? Notification.permission : 'unavailable',
);

/** The browser asks the person; what they say lasts beyond this page. */
export async function askPermission(): Promise<void> {
  permission.value = await Notification.requestPermission();
}

/**
 * Tells of requests those who look at another page: by their number in the title and, where the person has allowed it, by a
 * notification for each, which goes when the request does.
 */
export function startNotifications(): void {
  const title = document.title;
  const shown = new Map<string, Notification | undefined>();
  effect(() => {
    const waiting = requestWords(viewer.value);
    document.title = waiting.length === 0 ? title : `(${waiting.length}) ${title}`;
    for (const [id, notification] of shown) {
      if (waiting.some((request) => request.id === id)) continue;
      notification?.close();
      shown.delete(id);
    }
    for (const request of waiting) if (!shown.has(request.id)) shown.set(request.id, notify(request));
  });
}

function notify({ id, slot, text }: RequestWords): Notification | undefined {
  if (permission.peek() !== 'granted' || document.hasFocus()) return undefined;
  try {
    const notification = new Notification('escarp', { body: text, tag: id });
    notification.addEventListener('click', () => {
      focus();
      location.hash = addressOf(slot === null ? { page: 'slots' } : { page: 'slot', slot });
      notification.close();
    });
    return notification;
  } catch {
    // Phones let no page do this by itself; the title has the number.
    return undefined;
  }
}
