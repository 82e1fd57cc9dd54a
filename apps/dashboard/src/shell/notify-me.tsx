import { askPermission, permission } from '../requests/notifications.js';

/** Lets the browser notify of requests, or says that it does, or why it does not. */
export function NotifyMe() {
  if (permission.value === 'unavailable') return null;
  if (permission.value === 'default') {
    return (
      <p>
        <button class="button" type="button" onClick={() => void askPermission()}>
          Notify me when an agent asks
        </button>
      </p>
    );
  }
  return (
    <p class="muted">
      {permission.value === 'granted'
        ? 'This browser notifies you when an agent asks and you look at something else.'
        : 'Notifications are blocked for this page in the settings of your browser.'}
    </p>
  );
}
