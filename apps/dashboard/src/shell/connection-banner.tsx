import { connection, reconnect, viewer } from '../live/viewer.js';

/** Says when what is shown is not what is. */
export function ConnectionBanner() {
  if (connection.value === 'reconnecting') {
    return (
      <div class="note banner" data-tone="wait">
        <p>
          <strong>The connection was lost.</strong> What you see may be out of date; reconnecting.
        </p>
        <button class="button" type="button" onClick={reconnect}>
          Try now
        </button>
      </div>
    );
  }
  if (viewer.value !== null && !viewer.value.daemonAnswers) {
    return (
      <div class="note banner" data-tone="bad" role="alert">
        <p>
          <strong>The daemon does not answer.</strong> Browsers and agents go on by themselves. This page
          shows what was last known, and follows again as soon as the daemon is back.
        </p>
      </div>
    );
  }
  return null;
}
