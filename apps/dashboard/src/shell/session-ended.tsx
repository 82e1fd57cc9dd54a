import type { SessionEnd } from '@escarp/live-view/wire';
import { endReason } from '../live/viewer.js';
import { useFocusedHeading } from './focused-heading.js';

const reasons: Record<SessionEnd['reason'], string> = {
  expired: 'Its time is over.',
  lease_ended: 'It was made for one lease, and that has ended.',
  revoked: 'It was revoked.',
  viewer_stopped: 'The viewer was stopped.',
};

/** The last thing that a session shows. */
export function SessionEnded() {
  const heading = useFocusedHeading();
  const reason = endReason.value;
  return (
    <main class="full-page" id="content">
      <h1 tabIndex={-1} ref={heading}>
        This session has ended
      </h1>
      <p>{reason === null ? 'The link was used before, or its time is over.' : reasons[reason]}</p>
      <p class="muted">
        To go on watching, run <code>escarp view</code> for a new link, or ask whoever sent you this one.
      </p>
    </main>
  );
}
