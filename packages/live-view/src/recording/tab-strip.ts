import type { CastFrame } from '../pictures/cast-frame.js';
import type { SlotCast } from '../pictures/slot-cast.js';
import type { Watcher } from '../pictures/watcher.js';
import type { PictureTab } from '../wire/index.js';
import { type Look, Looks } from './looks.js';
import { shownPage, type ShownPage } from './shown-page.js';
import { everyMs, navigationMs, settledMs, stripPictures } from './strip-settings.js';

/** What the strip of a tab needs. */
export interface TabStripOptions {
  readonly cast: SlotCast;
  readonly tab: PictureTab;
  readonly monotonicMs: () => number;
  readonly onLook: (look: Look) => void;
}

/**
 * Chooses pictures of one tab: the first, the last look of every page, and one now and then while a page changes. While a
 * picture waits for its time nothing is acknowledged, so that Chrome sends at most three frames until then; after that the
 * cast is begun anew, which shows the page as it has become. A page that does not change costs nothing.
 */
export class TabStrip implements Watcher {
  readonly settings = stripPictures;
  readonly tab: number;
  readonly #options: TabStripOptions;
  readonly #looks: Looks;
  #page: ShownPage;
  #leave: () => void;
  #waiting: Look | undefined;
  #lastMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #titleTimer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: TabStripOptions) {
    this.#options = options;
    this.tab = options.tab.tab;
    this.#looks = new Looks(options.onLook);
    this.#page = shownPage(options.tab);
    this.#leave = options.cast.add(this);
  }

  isReady = (): boolean => this.#waiting === undefined;

  onState = (): void => {};

  onFrame = (frame: CastFrame): void => {
    const look = { frame, page: this.#page };
    if (this.#waiting === undefined && this.#looks.isLast(look)) return;
    this.#waiting = look;
    const dueMs = Math.max(settledMs, this.#lastMs + everyMs - this.#options.monotonicMs());
    this.#timer ??= setTimeout(() => void this.#lookAgain(), dueMs);
  };

  /** The tab may show another page, or call itself otherwise. */
  see(tab: PictureTab): void {
    const page = shownPage(tab);
    const isLeft = page.url !== this.#page.url;
    const isSoon = this.#options.monotonicMs() - this.#lastMs < navigationMs;
    if (isLeft && !isSoon) this.#take();
    this.#page = page;
    if (!isLeft) return;
    clearTimeout(this.#titleTimer);
    this.#titleTimer = setTimeout(() => void this.#options.cast.refreshTab(this.tab), settledMs);
    if (!isSoon) this.#begin();
  }

  /** What was seen last is the last picture. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#titleTimer);
    this.#take();
    this.#looks.end();
    this.#leave();
  }

  async #lookAgain(): Promise<void> {
    await this.#options.cast.refreshTab(this.tab);
    this.#timer = undefined;
    if (this.#isOver) return;
    this.#take();
    this.#begin();
  }

  #take(): void {
    if (this.#waiting === undefined) return;
    const { frame, page } = this.#waiting;
    // Its title may have come after it was drawn.
    this.#looks.add({ frame, page: page.url === this.#page.url ? this.#page : page });
    this.#waiting = undefined;
    this.#lastMs = this.#options.monotonicMs();
  }

  /** Whoever joins is sent the page as it is. */
  #begin(): void {
    this.#leave();
    this.#leave = this.#options.cast.add(this);
  }
}
