import type { DevtoolsConnection } from '@escarp/slot-pool';
import type { SlotInput } from '../wire/index.js';
import { widestOf } from './cast-settings.js';
import { inputCommand } from './page-input.js';
import { TabCast } from './tab-cast.js';
import { Tabs } from './tabs.js';
import type { Watcher } from './watcher.js';

/** What the casts of one connection need. */
export interface TabCastsOptions {
  readonly connection: DevtoolsConnection;
  readonly watchers: ReadonlySet<Watcher>;
  readonly monotonicMs: () => number;
  /** Told when tabs have come, gone, or changed their title or address. */
  readonly onTabs: () => void;
}

const againMs = 500;

interface OpenTab {
  readonly targetId: string;
  readonly sessionId: string;
  readonly cast: TabCast;
}

/** The tabs of one browser for as long as a connection lasts, and a cast of each that somebody watches. */
export class TabCasts {
  readonly tabs = new Tabs();
  readonly #options: TabCastsOptions;
  readonly #open = new Map<string, OpenTab>();
  /** Who watches, and has not been sent a whole picture yet. */
  readonly #newcomers = new WeakSet<Watcher>();
  #arranged: Promise<void> = Promise.resolve();
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: TabCastsOptions) {
    this.#options = options;
    options.connection.onEvent((method, params, sessionId) => this.#onEvent(method, params, sessionId));
  }

  /** Hears of every tab there is, and of those to come. Rejects if the browser does not answer. */
  async begin(): Promise<void> {
    const pages = { discover: true, filter: [{ type: 'page' }] };
    await this.#options.connection.send('Target.setDiscoverTargets', pages);
  }

  /** Asks what a tab is called, because a browser does not tell of a title that changes later. Rejects as `begin` does. */
  async refresh(tab: number): Promise<void> {
    const targetId = this.tabs.targetIdOf(tab);
    if (targetId === undefined) return;
    const { targetInfo } = await this.#options.connection.send('Target.getTargetInfo', { targetId });
    // It may have been closed meanwhile, and be no tab any more.
    if (this.tabs.targetIdOf(tab) === targetId && this.tabs.see(targetInfo)) this.#options.onTabs();
  }

  /**
   * Casts each tab as well as those want who watch it; for a newcomer one that is cast already begins anew. Never rejects: what
   * fails is arranged again in a moment, and stands in the way of nothing that comes after it.
   */
  arrange(newcomer?: Watcher): Promise<void> {
    if (newcomer !== undefined) this.#newcomers.add(newcomer);
    this.#arranged = this.#arranged.then(() => this.#arrange()).catch(() => this.#arrangeSoon());
    return this.#arranged;
  }

  /** Somebody can draw another frame. */
  demand(): void {
    for (const { cast } of this.#open.values()) cast.demand();
  }

  /** Does to a tab what a person did to its picture. Rejects if it is not shown, or the browser refuses. */
  async input(input: SlotInput, tab: number | undefined): Promise<void> {
    const open = this.#open.get(this.tabs.chosen(tab)?.targetId ?? '');
    if (open === undefined) throw new Error('The slot shows no tab.');
    const { method, params } = inputCommand(input);
    open.cast.handled();
    await this.#options.connection.send(method, params, open.sessionId);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#again);
    for (const { cast } of this.#open.values()) cast.close();
    this.#open.clear();
  }

  #onEvent(method: string, params: Readonly<Record<string, unknown>>, sessionId: string | undefined): void {
    if (method === 'Page.screencastFrame') return this.#bySession(sessionId)?.cast.receive(params);
    if (method === 'Target.detachedFromTarget') return this.#lose(this.#bySession(params['sessionId']));
    const isNews =
      method === 'Target.targetDestroyed'
        ? this.tabs.forget(params['targetId'])
        : method.startsWith('Target.target') && this.tabs.see(params['targetInfo']);
    if (!isNews) return;
    this.#options.onTabs();
    void this.arrange();
  }

  #bySession(sessionId: unknown): OpenTab | undefined {
    return [...this.#open.values()].find((open) => open.sessionId === sessionId);
  }

  #lose(open: OpenTab | undefined): void {
    if (open === undefined) return;
    open.cast.close();
    this.#open.delete(open.targetId);
    this.#arrangeSoon();
  }

  /** For a tab that is there, and was not attached to: it is not told when that would work. */
  #arrangeSoon(): void {
    clearTimeout(this.#again);
    if (!this.#isClosed) this.#again = setTimeout(() => void this.arrange(), againMs);
  }

  async #arrange(): Promise<void> {
    const watched = [...this.#options.watchers].map(({ tab }) => this.tabs.chosen(tab)?.targetId);
    const wanted = new Set(watched.filter((targetId) => targetId !== undefined));
    for (const { targetId, cast } of this.#open.values()) if (!wanted.has(targetId)) cast.set(undefined);
    for (const targetId of wanted) {
      const open = this.#open.get(targetId) ?? (await this.#attach(targetId));
      const watchers = this.#watchersOf(targetId);
      if (open === undefined) continue;
      const isJoined = watchers.some((watcher) => this.#newcomers.has(watcher));
      open.cast.set(widestOf(watchers.map(({ settings }) => settings)), isJoined);
      for (const watcher of watchers) this.#newcomers.delete(watcher);
    }
  }

  /** Undefined for a tab that was closed meanwhile, or cannot be attached to yet. */
  async #attach(targetId: string): Promise<OpenTab | undefined> {
    const { connection, monotonicMs } = this.#options;
    const attached = await connection
      .send('Target.attachToTarget', { targetId, flatten: true })
      .catch(() => undefined);
    if (attached === undefined) {
      this.#arrangeSoon();
      return undefined;
    }
    const sessionId = String(attached['sessionId']);
    const cast = new TabCast({
      connection,
      sessionId,
      monotonicMs,
      onFrame: (frame) => {
        for (const watcher of this.#watchersOf(targetId)) watcher.onFrame(frame);
      },
      isWanted: () => this.#watchersOf(targetId).some(({ isReady }) => isReady()),
    });
    const open = { targetId, sessionId, cast };
    this.#open.set(targetId, open);
    return open;
  }

  #watchersOf(targetId: string): Watcher[] {
    return [...this.#options.watchers].filter(({ tab }) => this.tabs.chosen(tab)?.targetId === targetId);
  }
}
