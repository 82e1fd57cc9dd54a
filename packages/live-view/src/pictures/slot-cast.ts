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

const callMs = 10_000;
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
  #connection: DevtoolsConnection | undefined;
  #casts: TabCasts | undefined;
  #connecting: Promise<void> | undefined;
  #isClosed = false;
  #isLettingGo = false;
  #again: NodeJS.Timeout | undefined;

  constructor(shown: ShownSlot, own: OwnSockets, ports: ViewerPorts) {
    this.#shown = shown;
    this.#own = own;
    this.#ports = ports;
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

  /** Learns how tabs are called now. Never rejects. */
  async refreshTabs(): Promise<void> {
    await this.#casts?.refresh().catch(() => {});
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

  /** Resolves when no connection is left, nor on its way. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#again);
    const ended = this.#connection?.closed;
    this.#disconnect();
    await Promise.all([ended, this.#connecting]);
  }

  /** Disconnects at the end of a lease; the pool, or a moment, tells when to connect again. */
  letGo(): void {
    this.#isLettingGo = true;
    this.#tryAgain();
    this.#disconnect();
  }

  #disconnect(): void {
    this.#connection?.close();
  }

  #connect(): void {
    const port = this.#shown.cdpPort();
    if (this.#connection !== undefined || this.#connecting || this.#isClosed || port === undefined) return;
    clearTimeout(this.#again);
    this.#connecting = this.#connectTo(port).finally(() => {
      this.#connecting = undefined;
    });
  }

  async #connectTo(port: number): Promise<void> {
    try {
      const { wsUrl } = await readBrowserVersion(port, this.#own, callMs);
      await this.#begin(await connectDevtools(wsUrl, { own: this.#own, callMs }));
    } catch {
      // It is not up yet, or has gone again.
      this.#disconnect();
      this.#tryAgain();
    }
  }

  async #begin(connection: DevtoolsConnection): Promise<void> {
    // It may have been left, or the slot be reset, while the connection was made.
    if (this.#isClosed || this.#shown.standing() !== 'live') {
      connection.close();
      await connection.closed;
      return;
    }
    const { monotonicMs } = this.#ports;
    const onTabs = (): void => this.#tell();
    this.#connection = connection;
    this.#casts = new TabCasts({ connection, watchers: this.#watchers, monotonicMs, onTabs });
    void connection.closed.then(() => this.#end());
    await this.#casts.begin();
    this.#tell();
    await this.#casts.arrange();
  }

  #end(): void {
    this.#casts?.close();
    this.#casts = undefined;
    this.#connection = undefined;
    if (this.#isClosed) return;
    this.#tell();
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
