import type { OwnSockets } from '@escarp/slot-pool';
import { type RecordedLease, StripWriter } from '@escarp/screenshots';
import { SlotCast } from '../pictures/slot-cast.js';
import type { Watcher } from '../pictures/watcher.js';
import type { ViewerPorts } from '../ports.js';
import type { PictureState } from '../wire/index.js';
import type { Look } from './looks.js';
import { stripPictures, tabsMax, waitingMax } from './strip-settings.js';
import { TabStrip } from './tab-strip.js';

/** What it takes to picture one lease. */
export interface LeaseRecordingOptions {
  /** The state directory. */
  readonly home: string;
  readonly lease: RecordedLease;
  readonly own: OwnSockets;
  readonly ports: ViewerPorts;
  /** Told when pictures cannot be written, once until they can be again. */
  readonly onProblem: (reason: string) => void;
}

/** Takes pictures of the tabs of one lease until it is ended, and writes them into the lease's strip. */
export class LeaseRecording {
  readonly #options: LeaseRecordingOptions;
  readonly #cast: SlotCast;
  readonly #strips = new Map<number, TabStrip>();
  readonly #leave: () => void;
  #writer: StripWriter | undefined;
  #written: Promise<void> = Promise.resolve();
  #waiting = 0;
  #hasProblem = false;
  #isOver = false;

  constructor(options: LeaseRecordingOptions) {
    this.#options = options;
    const { lease, own, ports } = options;
    const { slot, cdpPort } = lease;
    this.#cast = new SlotCast({ slot, standing: () => 'live', cdpPort: () => cdpPort }, own, ports);
    this.#leave = this.#cast.add(this.#tabList);
  }

  /** Resolves when the browser has been let go of and everything is written. Never rejects. */
  async end(): Promise<void> {
    for (const strip of this.#strips.values()) strip.end();
    this.#isOver = true;
    this.#leave();
    await this.#cast.close();
    await this.#written;
    await this.#writer?.close().catch(() => {});
  }

  /** Hears which tabs there are, and draws nothing. */
  readonly #tabList: Watcher = {
    settings: stripPictures,
    tab: undefined,
    isReady: () => false,
    onFrame: () => {},
    onState: (state) => this.#arrange(state),
  };

  #arrange({ tabs }: PictureState): void {
    if (this.#isOver) return;
    const shown = new Map(tabs.slice(-tabsMax).map((tab) => [tab.tab, tab]));
    for (const [number, strip] of this.#strips) {
      const tab = shown.get(number);
      if (tab !== undefined) strip.see(tab);
      else {
        this.#strips.delete(number);
        strip.end();
      }
    }
    const { monotonicMs } = this.#options.ports;
    for (const [number, tab] of shown) {
      if (this.#strips.has(number)) continue;
      const onLook = (look: Look): void => this.#write(look);
      this.#strips.set(number, new TabStrip({ cast: this.#cast, tab, monotonicMs, onLook }));
    }
  }

  #write(look: Look): void {
    if (this.#isOver || this.#waiting >= waitingMax) return;
    this.#waiting += 1;
    this.#written = this.#writeAfter(this.#written, look);
  }

  async #writeAfter(former: Promise<void>, look: Look): Promise<void> {
    await former;
    try {
      await this.#add(look);
    } catch (error) {
      await this.#fail(error);
    }
    this.#waiting -= 1;
  }

  async #add({ frame, page }: Look): Promise<void> {
    const { home, lease } = this.#options;
    this.#writer ??= await StripWriter.open(home, lease, { isKept: lease.isKept });
    await this.#writer.add({ jpeg: frame.jpeg, at: frame.drawnAtMs / 1_000, ...page });
    this.#hasProblem = false;
  }

  /** The folder may have been deleted by its owner; the next picture begins another. */
  async #fail(cause: unknown): Promise<void> {
    await this.#writer?.close().catch(() => {});
    this.#writer = undefined;
    if (!this.#hasProblem) this.#options.onProblem(String(cause));
    this.#hasProblem = true;
  }
}
