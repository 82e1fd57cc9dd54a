import type { SystemWindow } from './bind-window.js';
import type { Bounds } from './identity.js';

/** The front-most visible window that hides a part of the target and is not a part of it, if there is one. */
export function coverOf<W extends SystemWindow>(
  target: W,
  frontToBack: readonly W[],
  isPartOf: (window: W, target: W) => boolean,
): W | undefined {
  const depth = frontToBack.findIndex(({ id }) => id === target.id);
  return frontToBack
    .slice(0, depth)
    .find((window) => window.visible && overlaps(window.bounds, target.bounds) && !isPartOf(window, target));
}

/** A window as a sentence can name it. */
export function windowName({ id, title, pid }: SystemWindow): string {
  return `window ${id}${title === null ? '' : ` "${title}"`}${pid === null ? '' : ` of pid ${pid}`}`;
}

function overlaps(a: Bounds, b: Bounds): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
