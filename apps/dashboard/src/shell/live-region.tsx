import { useEffect, useRef } from 'preact/hooks';
import { announce, announcement } from '../live/announcement.js';
import { connection, viewer } from '../live/viewer.js';

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
  const { asks = [], approvals = [] } = viewer.value ?? {};
  const ids = [...asks, ...approvals].map(({ id }) => id).join(' ');
  useEffect(() => {
    const words = [
      ...asks.map(({ id, slot, holder, reason }) => ({
        id,
        text: `${slot === null ? '' : `Slot ${slot}: `}${holder} asks for help. ${reason}`,
      })),
      ...approvals.map(({ id, holder, what }) => ({ id, text: `${holder} asks for approval. ${what}.` })),
    ];
    const fresh = words.filter(({ id }) => !known.current.has(id));
    known.current = new Set(words.map(({ id }) => id));
    if (fresh.length > 0) announce(fresh.map(({ text }) => text).join(' '));
  }, [ids]);
}
