import type { SlotFault } from './watch/browser-watch.js';

/** Not the pool's doing: a browser, or its page, is of no use. When it is told, another may run in its place. */
export interface LostBrowser {
  readonly index: number;
  readonly pid: number;
  readonly reason: SlotFault;
  /** For a browser that still runs: what of its processes showed that it will not answer, as the end of a sentence. */
  readonly evidence?: string;
  /** The browser's last lines, oldest first. */
  readonly logLines: readonly string[];
}

export interface WatchOptions {
  /** Whether somebody holds the slot now, and its pages are theirs. Nobody does when it is absent. */
  readonly isHeld?: () => boolean;
}
