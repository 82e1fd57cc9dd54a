import type { DevtoolsConnection } from '@escarp/slot-pool';
import { type CastSettings, isSamePicture } from './cast-settings.js';
import { type CastFrame, readCastFrame } from './cast-frame.js';

/** What a cast of a tab needs. */
export interface TabCastOptions {
  readonly connection: Pick<DevtoolsConnection, 'send'>;
  readonly sessionId: string;
  readonly monotonicMs: () => number;
  readonly onFrame: (frame: CastFrame) => void;
  /** Whether somebody would draw another frame now. */
  readonly isWanted: () => boolean;
}

/**
 * Chrome has at most three frames under way and drops what is drawn meanwhile, the last change of a page too. With two
 * or more unacknowledged something may have been dropped.
 */
const droppedFrom = 2;
/** Long enough that an animation's next frame comes first. */
const settledMs = 150;

/**
 * The screencast of one tab. Every frame is acknowledged, at the pace of those who watch: acknowledging at once makes the
 * agent's own clicks slower. When the page has come to rest after frames may have been dropped, the cast is begun anew,
 * which sends the page as it is.
 */
export class TabCast {
  readonly #options: TabCastOptions;
  #settings: CastSettings | undefined;
  #unacknowledged: number[] = [];
  #lastAckMs = -Infinity;
  #mayHaveDropped = false;
  #ackTimer: NodeJS.Timeout | undefined;
  #settledTimer: NodeJS.Timeout | undefined;

  constructor(options: TabCastOptions) {
    this.#options = options;
  }

  /** Begins, changes or, without settings, ends the cast; with `anew` it begins again in any case. */
  set(settings: CastSettings | undefined, anew = false): void {
    const isSame = isSamePicture(settings, this.#settings);
    this.#settings = settings;
    if (anew || !isSame) this.restart();
    this.demand();
  }

  /** Sends the page as it is, also when nothing changes on it: for somebody who begins to watch. */
  restart(): void {
    clearTimeout(this.#settledTimer);
    this.#unacknowledged = [];
    this.#mayHaveDropped = false;
    this.#send('Page.stopScreencast');
    if (this.#settings === undefined) return;
    const { width, height, quality } = this.#settings;
    this.#send('Page.startScreencast', { format: 'jpeg', quality, maxWidth: width, maxHeight: height });
  }

  /** Takes a `Page.screencastFrame`. */
  receive(params: Readonly<Record<string, unknown>>): void {
    const frame = readCastFrame(params);
    if (frame === undefined || this.#settings === undefined) return;
    clearTimeout(this.#settledTimer);
    this.#unacknowledged.push(frame.ack);
    if (this.#unacknowledged.length >= droppedFrom) this.#mayHaveDropped = true;
    this.#options.onFrame(frame);
    this.demand();
  }

  /** Somebody would draw another frame: acknowledges one, or does so when it is time. */
  demand(): void {
    clearTimeout(this.#ackTimer);
    if (this.#unacknowledged.length === 0 || this.#settings === undefined || !this.#options.isWanted())
      return;
    const waitMs = this.#lastAckMs + this.#settings.intervalMs - this.#options.monotonicMs();
    if (waitMs <= 0) this.#acknowledge();
    else this.#ackTimer = setTimeout(() => this.#acknowledge(), waitMs);
  }

  close(): void {
    clearTimeout(this.#ackTimer);
    clearTimeout(this.#settledTimer);
    this.#settings = undefined;
  }

  #acknowledge(): void {
    const ack = this.#unacknowledged.shift();
    if (ack === undefined) return;
    this.#lastAckMs = this.#options.monotonicMs();
    this.#send('Page.screencastFrameAck', { sessionId: ack });
    if (this.#unacknowledged.length > 0) this.demand();
    else if (this.#mayHaveDropped) this.#settledTimer = setTimeout(() => this.restart(), settledMs);
  }

  /** What a tab that is going away does not do any more is no fault. */
  #send(method: string, params?: Readonly<Record<string, unknown>>): void {
    this.#options.connection.send(method, params, this.#options.sessionId).catch(() => {});
  }
}
