import type { DevtoolsConnection } from '@escarp/slot-pool';
import { type CastFrame, readCastFrame } from './cast-frame.js';
import { type CastSettings, draftOf, isSamePicture } from './cast-settings.js';

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
 * `waiting`: the cast is on, and a frame comes when the page changes. `asking`: it was begun anew, and its first frame tells
 * whether the page is still moving. `paused`: it is ended until the next frame is due.
 */
type Phase = 'off' | 'waiting' | 'asking' | 'paused';

/** A page that was found changed so often, one time after the other, keeps moving: nobody reads what will not stay. */
const movesUntilDraft = 2;
/** A person who has just done something wants to see exactly what comes of it. */
const handledMs = 5_000;
/** Long enough that an animation's next frame comes first. */
const settledMs = 150;
const againMs = 500;
/** A cast's first frame comes at once, or in a second on a machine that is busy. */
const silentMs = 3_000;
const silentMsMax = 60_000;

/**
 * The screencast of one tab. As long as one is on, Chrome captures whatever the page draws, acknowledged or not, on the
 * cores that the page and its agent need. So it is on only while the page rests, when it costs nothing and shows the next
 * change at once. That of a moving page is ended with each frame and begun anew when the next one is due, which shows the
 * page as it is then; when two frames are the same, the page rests again. A cast without a first frame is begun anew: one
 * that is begun while its browser is being launched may never send any.
 */
export class TabCast {
  readonly #options: TabCastOptions;
  #phase: Phase = 'off';
  #settings: CastSettings | undefined;
  #begun: CastSettings | undefined;
  #unacknowledged: number[] = [];
  #lastJpeg: Buffer | undefined;
  #moves = 0;
  #dueMs = -Infinity;
  #handledMs = -Infinity;
  #dueTimer: NodeJS.Timeout | undefined;
  #againTimer: NodeJS.Timeout | undefined;
  #silentMs = silentMs;

  constructor(options: TabCastOptions) {
    this.#options = options;
  }

  /** Begins, changes or, without settings, ends the cast; with `anew` it begins again in any case. */
  set(settings: CastSettings | undefined, anew = false): void {
    const isSame = isSamePicture(settings, this.#settings);
    this.#settings = settings;
    if (anew || !isSame) this.#restart();
    this.demand();
  }

  /** Takes a `Page.screencastFrame`. */
  receive(params: Readonly<Record<string, unknown>>): void {
    const frame = readCastFrame(params);
    // What comes after its end was on its way; the next cast shows what is there then.
    if (frame === undefined || this.#phase === 'off' || this.#phase === 'paused') return;
    clearTimeout(this.#againTimer);
    this.#silentMs = silentMs;
    const isNew = this.#lastJpeg?.equals(frame.jpeg) !== true;
    this.#unacknowledged.push(frame.ack);
    if (isNew) this.#show(frame);
    const moves = isNew && (this.#phase === 'asking' || this.#unacknowledged.length > 1);
    if (moves) this.#pause();
    else if (this.#phase === 'asking') this.#settle();
    this.demand();
  }

  /** Somebody would draw another frame: asks for it now, or when it is due. */
  demand(): void {
    clearTimeout(this.#dueTimer);
    const isHeldUp = this.#phase === 'paused' || this.#unacknowledged.length > 0;
    if (!isHeldUp || this.#phase === 'off' || !this.#options.isWanted()) return;
    const waitMs = this.#dueMs - this.#options.monotonicMs();
    if (waitMs > 0) this.#dueTimer = setTimeout(() => this.demand(), waitMs);
    else if (this.#phase === 'paused') this.#ask();
    else this.#acknowledge();
  }

  /** A person does something to the page. */
  handled(): void {
    this.#handledMs = this.#options.monotonicMs();
  }

  close(): void {
    clearTimeout(this.#dueTimer);
    clearTimeout(this.#againTimer);
    this.#phase = 'off';
    this.#settings = undefined;
  }

  /** Sends the page as it is, also when nothing changes on it: for somebody who begins to watch. */
  #restart(): void {
    this.#moves = 0;
    this.#end();
    this.#phase = this.#settings === undefined ? 'off' : 'waiting';
    this.#lastJpeg = undefined;
    if (this.#settings !== undefined) this.#begin(this.#settings);
  }

  #show(frame: CastFrame): void {
    const now = this.#options.monotonicMs();
    this.#lastJpeg = frame.jpeg;
    if (this.#phase === 'waiting')
      this.#dueMs = Math.max(this.#dueMs, now) + (this.#settings?.intervalMs ?? 0);
    this.#options.onFrame(frame);
  }

  /** The page looks as it did before. It may blink, so nothing is done about it before its next frame could have come. */
  #settle(): void {
    this.#phase = 'waiting';
    this.#dueMs = Math.max(this.#dueMs, this.#options.monotonicMs() + settledMs);
  }

  #pause(): void {
    this.#moves += 1;
    this.#end();
    this.#phase = 'paused';
  }

  #ask(): void {
    if (this.#settings === undefined) return;
    const now = this.#options.monotonicMs();
    const isDraft = this.#moves >= movesUntilDraft && now - this.#handledMs > handledMs;
    const settings = isDraft ? draftOf(this.#settings) : this.#settings;
    if (!isSamePicture(settings, this.#begun)) this.#lastJpeg = undefined;
    this.#phase = 'asking';
    this.#dueMs = now + settings.intervalMs;
    this.#begin(settings);
  }

  /** The page has rested for as long as nothing was due; if it was last shown as a draft, it deserves better now. */
  #acknowledge(): void {
    this.#moves = 0;
    if (!isSamePicture(this.#begun, this.#settings)) return this.#restart();
    for (const sessionId of this.#unacknowledged.splice(0)) {
      this.#send('Page.screencastFrameAck', { sessionId }).catch(ofTabsThatGo);
    }
  }

  #end(): void {
    clearTimeout(this.#againTimer);
    this.#unacknowledged = [];
    const isOn = this.#phase === 'waiting' || this.#phase === 'asking';
    if (isOn) this.#send('Page.stopScreencast').catch(ofTabsThatGo);
  }

  #begin(settings: CastSettings): void {
    const { width, height, quality } = settings;
    this.#begun = settings;
    const how = { format: 'jpeg', quality, maxWidth: width, maxHeight: height };
    // A page that hangs sends nothing, so it is asked more and more seldom.
    this.#restartIn(this.#silentMs);
    this.#silentMs = Math.min(this.#silentMs * 2, silentMsMax);
    // Chrome refuses while a tab is between two pages.
    this.#send('Page.startScreencast', how).catch(() => {
      if (this.#begun === settings && this.#phase !== 'off') this.#restartIn(againMs);
    });
  }

  #restartIn(ms: number): void {
    clearTimeout(this.#againTimer);
    this.#againTimer = setTimeout(() => this.#restart(), ms);
  }

  #send(method: string, params?: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#options.connection.send(method, params, this.#options.sessionId);
  }
}

/** What a tab that is going away does not do any more is no fault. */
function ofTabsThatGo(): void {}
