import { useEffect, useRef, useState } from 'preact/hooks';
import { viewerPaths } from '@escarp/live-view/wire';
import { socketAddress } from '../live/api.js';
import { Backoff } from '../live/backoff.js';
import { leaveScreen, screenId } from './screen-focus.js';

/** A slot on a display: the screen of its VNC server. What talks to that is loaded with the first such slot. */
export function VncScreen({ slot, isOwn }: { slot: number; isOwn: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const [words, setWords] = useState<string | null>('Connecting to its display');
  useEffect(() => {
    if (place.current === null) return undefined;
    return keepConnected(place.current, { slot, isOwn, say: setWords });
  }, [slot, isOwn]);
  return (
    <div class="picture-place">
      {words !== null && <p class="instead">{words}</p>}
      <div
        class="vnc"
        ref={place}
        role={isOwn ? 'application' : 'img'}
        aria-label={
          isOwn
            ? `Screen of slot ${slot}. Keys go to it; F8 returns to this page.`
            : `Live picture of the screen of slot ${slot}`
        }
        {...(isOwn ? { id: screenId, tabIndex: 0 } : {})}
      />
    </div>
  );
}

interface Wanted {
  readonly slot: number;
  readonly isOwn: boolean;
  readonly say: (words: string | null) => void;
}

/** Connects, and again after the display or the connection went away, until the returned function is called. */
function keepConnected(place: HTMLElement, { slot, isOwn, say }: Wanted): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const backoff = new Backoff();
  const connect = async (): Promise<void> => {
    const { default: RFB } = await import('@novnc/novnc');
    if (signal.aborted) return;
    const rfb = new RFB(place, socketAddress(viewerPaths.vnc(slot)), {
      wsProtocols: ['binary'],
      shared: true,
    });
    Object.assign(rfb, {
      viewOnly: !isOwn,
      scaleViewport: true,
      resizeSession: false,
      background: 'transparent',
    });
    rfb.addEventListener('connect', () => {
      backoff.reset();
      say(null);
      if (isOwn) rfb.focus({ preventScroll: true });
    });
    rfb.addEventListener('disconnect', () => {
      if (signal.aborted) return;
      say('The display went away; connecting again');
      backoff.schedule(() => void connect());
    });
    signal.addEventListener('abort', () => rfb.disconnect());
    place.addEventListener('focus', () => rfb.focus({ preventScroll: true }), { signal });
  };
  // noVNC takes all keys, so the one that leaves is caught on its way there.
  place.addEventListener('keydown', leaveOnF8, { signal, capture: true });
  signal.addEventListener('abort', () => backoff.cancel());
  void connect();
  return () => ended.abort();
}

function leaveOnF8(event: KeyboardEvent): void {
  if (event.key !== 'F8') return;
  event.preventDefault();
  event.stopPropagation();
  leaveScreen();
}
