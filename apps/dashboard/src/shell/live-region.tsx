import { useEffect, useRef } from 'preact/hooks';
import { announce, announcement } from '../live/announcement.js';
import { connection, viewer } from '../live/viewer.js';
import { requestWords } from '../requests/request-words.js';

/** Tells a screen reader what others see: a request that came, the connection that went. */
export function LiveRegion() {
  useAnnouncedConnection();
  useAnnouncedRequests();
  return (
    <p class="unseen" role="status">
      {announcement.value}
    </p>
  );
}

function useAnnouncedConnection(): void {
  const before = useRef(connection.value);
  useEffect(() => {
    if (before.current === 'live' && connection.value === 'reconnecting') {
      announce('The connection was lost. Reconnecting.');
    }
    if (before.current === 'reconnecting' && connection.value === 'live') announce('Connected again.');
    before.current = connection.value;
  }, [connection.value]);
}

function useAnnouncedRequests(): void {
  const known = useRef<ReadonlySet<string>>(new Set());
  const words = requestWords(viewer.value);
  const ids = words.map(({ id }) => id).join(' ');
  useEffect(() => {
    const fresh = words.filter(({ id }) => !known.current.has(id));
    known.current = new Set(words.map(({ id }) => id));
    if (fresh.length > 0) announce(fresh.map(({ text }) => text).join(' '));
  }, [ids]);
}
