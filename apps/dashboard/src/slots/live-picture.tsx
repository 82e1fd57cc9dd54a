import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';
import { pictureStates, watch } from '../live/picture-feed.js';
import type { Shown } from '../live/picture-feed.js';

interface Properties {
  readonly slot: number;
  /** Frames a second at most. */
  readonly rate: number;
  /** Of JPEG, 20 to 90. */
  readonly quality?: number;
  readonly tab?: number | undefined;
  /** Told with each picture, for example to know where on the page a click lands. */
  readonly onPicture?: (shown: Shown) => void;
}

/** The newest picture of a slot. It is asked for only while it can be seen. */
export function LivePicture({ slot, rate, quality = 60, tab, onPicture }: Properties) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(
    () =>
      whileSeen(canvas, (width, height) =>
        watch({
          wanted: { slot, rate, quality, width, height, ...(tab === undefined ? {} : { tab }) },
          onPicture: (shown) => {
            draw(canvas, shown);
            onPicture?.(shown);
          },
        }),
      ),
    [slot, rate, quality, tab],
  );
  return <canvas class="picture" ref={canvas} width={16} height={9} role="img" aria-label={labelOf(slot)} />;
}

function labelOf(slot: number): string {
  const picture = pictureStates.value.get(slot);
  const title = picture?.tabs.find(({ tab }) => tab === picture.tab)?.title;
  return `Live picture of slot ${slot}${title === undefined || title === '' ? '' : `: ${title}`}`;
}

/** Watches while the element is on the screen, in its size, and the page is not hidden. */
function whileSeen(
  element: RefObject<HTMLElement | null>,
  begin: (width: number, height: number) => () => void,
) {
  const seen = element.current;
  if (seen === null) return undefined;
  let isOnScreen = false;
  let watched: { readonly size: string; readonly stop: () => void } | undefined;
  const decide = (): void => {
    const [width, height] = [usefulPixels(seen.clientWidth), usefulPixels(seen.clientHeight)];
    const size = isOnScreen && !document.hidden ? `${width}x${height}` : undefined;
    if (watched?.size === size) return;
    watched?.stop();
    watched = size === undefined ? undefined : { size, stop: begin(width, height) };
  };
  const sight = new IntersectionObserver(([entry]) => {
    isOnScreen = entry?.isIntersecting ?? false;
    decide();
  });
  const size = new ResizeObserver(decide);
  sight.observe(seen);
  size.observe(seen);
  document.addEventListener('visibilitychange', decide);
  return () => {
    sight.disconnect();
    size.disconnect();
    document.removeEventListener('visibilitychange', decide);
    watched?.stop();
  };
}

// In steps, so that a window being resized does not ask for a new size with every pixel.
const usefulPixels = (cssPixels: number): number =>
  Math.max(1, Math.ceil((cssPixels * Math.min(devicePixelRatio, 2)) / 80)) * 80;

function draw({ current }: RefObject<HTMLCanvasElement | null>, { bitmap }: Shown): void {
  if (current === null) return;
  const { width, height } = bitmap;
  if (current.width !== width || current.height !== height) {
    current.width = width;
    current.height = height;
    current.dataset['fit'] = isNearlyTheShapeOf(current, width / height) ? 'cover' : 'contain';
  }
  current.getContext('2d')?.drawImage(bitmap, 0, 0);
}

// A little that is cut off at the edge is better than bars all around; much of it is not.
const isNearlyTheShapeOf = ({ clientWidth, clientHeight }: HTMLElement, ratio: number): boolean =>
  Math.abs(clientWidth / clientHeight / ratio - 1) < 0.15;
