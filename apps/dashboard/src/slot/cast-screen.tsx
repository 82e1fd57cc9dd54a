import { useEffect, useRef } from 'preact/hooks';
import type { Shown } from '../live/picture-feed.js';
import { refusal, sendInput } from '../live/picture-feed.js';
import { LivePicture } from '../slots/live-picture.js';
import { ScreenKeys } from './screen-keys.js';
import { takeMouse } from './mouse-input.js';

interface Properties {
  readonly slot: number;
  readonly isOwn: boolean;
  readonly tab: number | undefined;
}

/** A slot without a display: pictures by its browser, input by messages. */
export function CastScreen({ slot, isOwn, tab }: Properties) {
  const screen = useRef<HTMLDivElement>(null);
  const page = useRef<Pick<Shown, 'pageWidth' | 'pageHeight'>>({ pageWidth: 0, pageHeight: 0 });
  useEffect(() => {
    refusal.value = null;
    if (!isOwn || screen.current === null) return undefined;
    return takeMouse(screen.current, { slot, page: () => page.current, send: sendInput });
  }, [slot, isOwn]);
  const remember = ({ pageWidth, pageHeight }: Shown): void => {
    page.current = { pageWidth, pageHeight };
    // The picture fills its place without bars, whatever the size of the page.
    screen.current?.parentElement?.style.setProperty('aspect-ratio', `${pageWidth} / ${pageHeight}`);
  };
  return (
    <>
      <div class="screen-input" data-own={isOwn} ref={screen}>
        <LivePicture slot={slot} rate={10} tab={tab} onPicture={remember} />
      </div>
      {isOwn && <ScreenKeys slot={slot} />}
      {isOwn && refusal.value !== null && (
        <p class="screen-refusal" role="alert">
          {refusal.value}
        </p>
      )}
    </>
  );
}
