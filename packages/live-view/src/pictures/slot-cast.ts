import type { DevtoolsConnection, OwnSockets } from '@escarp/slot-pool';
import { connectDevtools, readBrowserVersion } from '@escarp/slot-pool';
import type { ViewerPorts } from '../ports.js';
import type { PictureState, SlotInput } from '../wire/index.js';
import { TabCasts } from './tab-casts.js';
import type { Watcher } from './watcher.js';

/** A slot as far as its pictures go, asked whenever it matters. */
export interface ShownSlot {
  readonly slot: number;
  /** `starting` while its browser is launched or reset, when nobody else should be connected to it. */
  readonly standing: () => PictureState['state'];
  /** DevTools port of the slot. */
  readonly cdpPort: () => number | undefined;
}

/** Milliseconds that a browser has for each answer. */
const answerMs = 10_000;
const againMs = 500;

/**
 * The pictures of one slot, for all who watch it. It attaches to the browser like any other client, enables no domain, and
 * lets go when the slot is being reset: a reset relaunches a browser to which somebody else is connected.
 */
export class SlotCast {
  readonly #shown: ShownSlot;
  readonly #own: OwnSockets;
  readonly #ports: ViewerPorts;
  readonly #watchers = new Set<Watcher>();
  readonly #callMs: number;
  #casts: TabCasts | undefined;
  /** From the first attempt to connect until the connection has ended; aborted to end it. */
  #connection: AbortController | undefined;
  #ended: Promise<void> = Promise.resolve();
  #isClosed = false;
  #isLettingGo = false;
  #again: NodeJS.Timeout | undefined;

  constructor(shown: ShownSlot, own: OwnSockets, ports: ViewerPorts, callMs = answerMs) {
    this.#shown = shown;
    this.#own = own;
    this.#ports = ports;
    this.#callMs = callMs;
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** Begins to show the slot to somebody; returns how to stop. */
  add(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    watcher.onState(this.#stateFor(watcher));
    this.review();
    void this.#casts?.arrange(watcher);
    return () => {
      this.#watchers.delete(watcher);
      void this.#casts?.arrange();
    };
  }

  /** Learns what a tab is called now. Never rejects. */
  async refreshTab(tab: number): Promise<void> {
    await this.#casts?.refresh(tab).catch(() => {});
  }

  /** Somebody can draw another frame. */
  demand(): void {
    this.#casts?.demand();
  }

  /** The slot may have changed: connects, or lets go. */
  review(): void {
    const isLive = this.#shown.standing() === 'live';
    if (!isLive) this.#isLettingGo = false;
    // What the pool told before the lease ended is no longer so.
    if (isLive && this.#isLettingGo) return;
    if (isLive) this.#connect();
    else if (this.#connection === undefined) this.#tell();
    else this.#disconnect();
  }

  /** Does to the shown tab what a person did to its picture. Rejects if there is none, or the browser refuses. */
  async input(input: SlotInput, tab: number | undefined): Promise<void> {
    if (this.#casts === undefined) throw new Error('The slot has no browser at the moment.');
    await this.#casts.input(input, tab);
  }

  /** Resolves when no connection is left, nor on its way, for which no answer is waited for. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#again);
    this.#disconnect();
    await this.#ended;
  }

  /** Disconnects at the end of a lease; the pool, or a moment, tells when to connect again. */
  letGo(): void {
    this.#isLettingGo = true;
    this.#tryAgain();
    this.#disconnect();
  }

  #disconnect(): void {
    this.#connection?.abort();
  }

  #connect(): void {
    const port = this.#shown.cdpPort();
    if (this.#connection !== undefined || this.#isClosed || port === undefined) return;
    clearTimeout(this.#again);
    const connection = new AbortController();
    this.#connection = connection;
    this.#ended = this.#beConnected(port, connection.signal).finally(() => this.#end());
  }

  /** Resolves when the connection has ended, or was not made. Never rejects. */
  async #beConnected(port: number, signal: AbortSignal): Promise<void> {
    const [own, callMs] = [this.#own, this.#callMs];
    let connection: DevtoolsConnection | undefined;
    try {
      const { wsUrl } = await readBrowserVersion(port, own, callMs, signal);
      connection = await connectDevtools(wsUrl, { own, callMs, signal });
      await this.#begin(connection);
    } catch {
      // It is not up yet, has gone again, or is let go of.
      connection?.close();
    }
    await connection?.closed;
  }

  async #begin(connection: DevtoolsConnection): Promise<void> {
    const { monotonicMs } = this.#ports;
    const onTabs = (): void => this.#tell();
    const casts = new TabCasts({ connection, watchers: this.#watchers, monotonicMs, onTabs });
    this.#casts = casts;
    await casts.begin();
    this.#tell();
    await casts.arrange();
  }

  #end(): void {
    const casts = this.#casts;
    casts?.close();
    this.#casts = undefined;
    this.#connection = undefined;
    if (this.#isClosed) return;
    if (casts !== undefined) this.#tell();
    this.#tryAgain();
  }

  /** The pool tells of a relaunch, but not when exactly its port answers again. */
  #tryAgain(): void {
    clearTimeout(this.#again);
    if (this.#isClosed) return;
    this.#again = setTimeout(() => {
      this.#isLettingGo = false;
      this.review();
    }, againMs);
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher.onState(this.#stateFor(watcher));
  }

  #stateFor({ tab }: Watcher): PictureState {
    const standing = this.#shown.standing();
    return {
      type: 'picture',
      slot: this.#shown.slot,
      state: standing === 'live' && this.#casts === undefined ? 'starting' : standing,
      tabs: this.#casts?.tabs.list() ?? [],
      tab: this.#casts?.tabs.chosen(tab)?.tab ?? null,
    };
  }
}
