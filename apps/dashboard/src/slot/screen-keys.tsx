import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icon.js';
import { sendInput } from '../live/picture-feed.js';
import { takeKeys } from './key-input.js';
import { focusScreen, leaveScreen, screenId } from './screen-focus.js';
import { filler, takeText } from './text-input.js';

/**
 * The keyboard of a slot: a field that nobody sees, because input methods and phones write into fields alone. On a phone
 * its keyboard comes up when the button asks for it, and not with every tap on the picture.
 */
export function ScreenKeys({ slot }: { slot: number }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [isPhoneKeyboard, setIsPhoneKeyboard] = useState(false);
  useEffect(() => {
    if (field.current === null) return undefined;
    const ended = new AbortController();
    const target = { slot, send: sendInput };
    takeKeys(field.current, target, { leave: leaveScreen, signal: ended.signal });
    takeText(field.current, target, ended.signal);
    return () => ended.abort();
  }, [slot]);
  const toggle = (): void => {
    setIsPhoneKeyboard(!isPhoneKeyboard);
    field.current?.blur();
    focusScreen();
  };
  return (
    <>
      <textarea
        class="screen-keys"
        id={screenId}
        ref={field}
        aria-label={`Browser of slot ${slot}. Keys go to it; F8 returns to this page.`}
        inputMode={isPhoneKeyboard ? 'text' : 'none'}
        autocapitalize="off"
        autocomplete="off"
        spellcheck={false}
        defaultValue={filler}
      />
      <button class="button phone-keyboard" type="button" aria-pressed={isPhoneKeyboard} onClick={toggle}>
        <Icon name="keyboard" />
        Keyboard
      </button>
    </>
  );
}
