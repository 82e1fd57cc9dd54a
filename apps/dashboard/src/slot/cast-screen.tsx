import { useEffect, useRef } from 'preact/hooks';
import type { Shown } from '../live/picture-feed.js';
import { refusal, sendInput } from '../live/picture-feed.js';
import { LivePicture } from '../slots/live-picture.js';
import { takeInput } from './input.js';
import { PhoneKeyboard } from './phone-keyboard.js';
import { screenId } from './screen-focus.js';

/** A slot without a display: pictures by its browser, input by messages. */
export function CastScreen({ slot, isOwn, tab }: { slot: number; isOwn: boolean; tab: number | undefined }) {
  const screen = useRef<HTMLDivElement>(null);
  const page = useRef<Pick<Shown, 'pageWidth' | 'pageHeight'>>({ pageWidth: 0, pageHeight: 0 });
  useEffect(() => {
    refusal.value = null;
    if (!isOwn || screen.current === null) return undefined;
    return takeInput(screen.current, { slot, page: () => page.current, send: sendInput });
  }, [slot, isOwn]);
  const remember = ({ pageWidth, pageHeight }: Shown): void =>
    void (page.current = { pageWidth, pageHeight });
  const picture = <LivePicture slot={slot} rate={10} tab={tab} onPicture={remember} />;
  if (!isOwn) return picture;
  return (
    <>
      <div
        class="screen-input"
        id={screenId}
        ref={screen}
        role="application"
        tabIndex={0}
        aria-label={`Browser of slot ${slot}. Keys go to it; F8 returns to this page.`}
      >
        {picture}
      </div>
      <PhoneKeyboard slot={slot} />
      {refusal.value !== null && (
        <p class="screen-refusal" role="alert">
          {refusal.value}
        </p>
      )}
    </>
  );
}
