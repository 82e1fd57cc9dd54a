import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';

let isFirst = true;

/**
 * For the heading of a page: it takes the focus when the page is come to, so that the keyboard and a screen reader go on
 * from there. The first page leaves it where the browser put it.
 */
export function useFocusedHeading(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
    document.title = `${heading.current?.textContent ?? ''} · escarp`;
  }, []);
  return heading;
}
