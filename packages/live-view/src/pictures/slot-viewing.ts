import { frameHeader, type PictureState, type WatchedSlot } from '../wire/index.js';
import { AdaptiveQuality } from './adaptive-quality.js';
import type { CastFrame } from './cast-frame.js';
import type { CastSettings } from './cast-settings.js';
import type { SlotCast } from './slot-cast.js';
import type { Watcher } from './watcher.js';

/** What the viewing of a slot through one socket needs. */
export interface SlotViewingOptions {
  readonly cast: SlotCast;
  readonly monotonicMs: () => number;
  readonly sendFrame: (header: Uint8Array, jpeg: Buffer) => void;
  readonly sendState: (state: PictureState) => void;
}

const qualityDefault = 60;

/**
 * One slot as one socket shows it: a frame is sent when the one before was drawn, and it is the latest. So a viewer on a
 * slow link has one frame under way and one that waits, however long it takes.
 */
export class SlotViewing implements Watcher {
  readonly #options: SlotViewingOptions;
  readonly #adaptive = new AdaptiveQuality();
  #wanted: WatchedSlot;
  #leave: () => void;
  #lastFrame = 0;
  #sentMs: number | undefined;
  #lastSentMs = -Infinity;
  #waiting: CastFrame | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(wanted: WatchedSlot, options: SlotViewingOptions) {
    this.#wanted = wanted;
    this.#options = options;
    this.#leave = options.cast.add(this);
  }

  get tab(): number | undefined {
    return this.#wanted.tab;
  }

  get settings(): CastSettings {
    const { width, height, rate, quality = qualityDefault } = this.#wanted;
    return this.#adaptive.settings({ width, height, quality, intervalMs: 1_000 / rate, mayBeDraft: true });
  }

  /** Other sizes, another rate or tab, for the same slot. */
  change(wanted: WatchedSlot): void {
    this.#wanted = wanted;
    this.#rejoin();
  }

  isReady = (): boolean => this.#sentMs === undefined;

  onFrame = (frame: CastFrame): void => {
    this.#waiting = frame;
    this.#send();
  };

  onState = (state: PictureState): void => this.#options.sendState(state);

  /** The frame has been drawn. */
  shown(frame: number): void {
    if (frame !== this.#lastFrame || this.#sentMs === undefined) return;
    const now = this.#options.monotonicMs();
    const isOther = this.#adaptive.drawn(now - this.#sentMs, now);
    this.#sentMs = undefined;
    if (isOther) this.#rejoin();
    this.#send();
    this.#options.cast.demand();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting = undefined;
    this.#leave();
  }

  /** The cast looks at its watchers anew, and begins again if they want another picture. */
  #rejoin(): void {
    this.#leave();
    this.#leave = this.#options.cast.add(this);
  }

  #send(): void {
    if (this.#waiting === undefined || !this.isReady()) return;
    const now = this.#options.monotonicMs();
    const dueMs = this.#lastSentMs + this.settings.intervalMs - now;
    clearTimeout(this.#timer);
    if (dueMs > 0) {
      this.#timer = setTimeout(() => this.#send(), dueMs);
      return;
    }
    const { jpeg, ...frame } = this.#waiting;
    this.#waiting = undefined;
    this.#lastFrame += 1;
    this.#sentMs = this.#lastSentMs = now;
    this.#options.sendFrame(frameHeader({ ...frame, slot: this.#wanted.slot, frame: this.#lastFrame }), jpeg);
  }
}
