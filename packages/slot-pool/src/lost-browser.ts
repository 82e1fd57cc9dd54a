import type { SlotFault } from './watch/browser-watch.js';

/**
 * A browser, or its page, that failed without the pool causing it. By the time of the report another one may be
 * running.
 */
export interface LostBrowser {
  readonly index: number;
  readonly pid: number;
  readonly reason: SlotFault;
  /** For a browser that is still running: the evidence that it will not answer, as the end of a sentence. */
  readonly evidence?: string;
  /** The last lines of the browser's log, oldest first. */
  readonly logLines: readonly string[];
}

/** How to watch a slot. */
export interface WatchOptions {
  /** Whether somebody holds the slot now. Without it, the slot counts as held by nobody. */
  readonly isHeld?: () => boolean;
}
