import { setTimeout as pause } from 'node:timers/promises';
import type { Command, Effect, Lease, Registry } from '@escarp/lease-registry';
import type { IdentityDriver } from '@escarp/os-identity';
import type { LostBrowser, ResetPolicy, ResetReport, SlotFault, SlotPool } from '@escarp/slot-pool';
import { PoolError } from '@escarp/slot-pool';
import type { Log } from '../log.js';
import { keyOf, slotOf } from './slot-key.js';

type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;

export interface SlotKeeperOptions {
  readonly registry: () => Registry;
  readonly pool: SlotPool;
  readonly identity: IdentityDriver;
  readonly log: Log;
  readonly policy: ResetPolicy;
  /** Whether browsers are launched; otherwise they are waited for, because somebody else launches them. */
  readonly heal: boolean;
  readonly discoveryWaitMs: number;
  readonly monotonicMs: () => number;
  /** Resolves when the slot's window is on its screen, or is not to be expected any more. Never rejects. */
  readonly windowUp: (slot: number, closing: AbortSignal) => Promise<void>;
  readonly onReset: (report: ResetReport) => void;
  readonly onRelaunch: () => void;
  readonly onDisposed: (slot: number) => Promise<void>;
}

const resetDeadlineMs = 10_000;
const adoptionPauseMs = 250;

/**
 * Carries out what the registry asks for on real browsers, and tells it what became of them. Each answer carries the
 * fence of its question, so one that comes too late changes nothing.
 */
export class SlotKeeper {
  private readonly options: SlotKeeperOptions;
  private readonly closing = new AbortController();
  private readonly work = new Set<Promise<void>>();
  /** Losses told since the slot was last brought up or reset, which the registry may not have been ready to hear. */
  private readonly losses = new Map<number, Loss>();
  /** How to end the watch of each slot that has one. */
  private readonly watches = new Map<number, () => void>();
  /** Slots whose running browser nobody has used yet, because it was launched for the first daemon there is. */
  private readonly unused = new Set<number>();
  /** Slots whose browser lives on when they leave the pool. */
  private readonly kept = new Set<number>();
  /** The check of each slot's present lease: whether its browser was sound when it was granted. */
  private readonly checks = new Map<number, { readonly fence: number; readonly sound: Promise<boolean> }>();

  constructor(options: SlotKeeperOptions) {
    this.options = options;
  }

  /** Lets the first start of this slot take a browser that runs already for clean. */
  presumeUnused(slot: number): void {
    this.unused.add(slot);
  }

  /** Says whether the browser is left running when the slot leaves the pool; the last word counts. */
  keepWhenRemoved(slot: number, isKept: boolean): void {
    if (isKept) this.kept.add(slot);
    else this.kept.delete(slot);
  }

  /** Finds the browser of a slot that the journal calls free or leased; a lost one is told as lost. */
  async adopt(slot: number): Promise<void> {
    const lease = this.options.registry().state.leases.get(keyOf(slot));
    if (lease !== undefined) this.checks.set(slot, { fence: lease.fence, sound: Promise.resolve(true) });
    try {
      const error = await this.adoptionError(slot, lease === undefined);
      if (error !== undefined) await this.tellLost(slot, error);
    } catch (error) {
      await this.tellLost(slot, reasonOf(error));
    }
    this.watch(slot);
  }

  /**
   * Looks at a browser that was just granted, which may have died before anybody knew, and tells it as lost, so that it
   * is replaced before the holder hears of it. Resolves with whether it was sound. Once for each lease: after that its
   * pages are its holder's own business.
   */
  checkGranted({ key, fence }: Lease): Promise<boolean> {
    const slot = slotOf(key);
    const known = this.checks.get(slot);
    if (known?.fence === fence) return known.sound;
    const sound = this.lookAtGranted(slot);
    this.checks.set(slot, { fence, sound });
    return sound;
  }

  start(effect: EffectOf<'start'>): void {
    this.begin(() => this.startSlot(effect));
  }

  reset(effect: EffectOf<'reset'>): void {
    this.begin(() => this.resetSlot(effect));
  }

  dispose(effect: EffectOf<'dispose'>): void {
    this.begin(() => this.disposeSlot(effect));
  }

  /** Waits for what is under way, so that it is recorded. Nothing is begun after: the next daemon will. */
  async close(): Promise<void> {
    this.closing.abort();
    while (this.work.size > 0) await Promise.all(this.work);
  }

  private begin(work: () => Promise<void>): void {
    if (this.closing.signal.aborted) return;
    const task = work();
    this.work.add(task);
    void task.finally(() => this.work.delete(task));
  }

  private async startSlot({ key, fence, leased }: EffectOf<'start'>): Promise<void> {
    const slot = slotOf(key);
    this.losses.delete(slot);
    try {
      await this.bringUp(slot, leased);
      await this.options.windowUp(slot, this.closing.signal);
      this.watch(slot);
    } catch (error) {
      if (this.closing.signal.aborted) return;
      this.options.log.warn(`Slot ${slot} did not come up.`, { slot, reason: reasonOf(error) });
      await this.submit({ type: 'failed', key, fence, error: reasonOf(error) });
      return;
    }
    await this.submit({ type: 'ready', key, fence });
    await this.repeatLoss(slot);
  }

  private async resetSlot({ key, fence }: EffectOf<'reset'>): Promise<void> {
    const slot = slotOf(key);
    this.losses.delete(slot);
    const { pool, policy, onReset, windowUp, log } = this.options;
    try {
      const report = await pool.reset(slot, policy, { deadlineMs: resetDeadlineMs });
      onReset(report);
      await windowUp(slot, this.closing.signal);
      await this.submit({ type: 'reset-done', key, fence, ...noteOf(report) });
      await this.repeatLoss(slot);
    } catch (error) {
      log.warn(`Slot ${slot} could not be reset.`, { slot, reason: reasonOf(error) });
      await this.submit({ type: 'reset-failed', key, fence, error: reasonOf(error) });
    }
  }

  private async disposeSlot({ key }: EffectOf<'dispose'>): Promise<void> {
    const slot = slotOf(key);
    const { log, onDisposed } = this.options;
    try {
      await (this.kept.delete(slot) ? this.leave(slot) : this.takeDown(slot));
    } catch (error) {
      log.error(`Slot ${slot} could not be taken down.`, { slot, reason: reasonOf(error) });
    }
    await onDisposed(slot);
  }

  private async takeDown(slot: number): Promise<void> {
    await this.options.pool.stop(slot);
    await this.options.identity.remove(slot);
  }

  /** To look for the browser is also to wait for what the pool still does to it, before the lock is let go. */
  private async leave(slot: number): Promise<void> {
    await this.options.pool.adopt(slot);
    this.watches.get(slot)?.();
    this.watches.delete(slot);
  }

  /** Only a browser that nobody has used is offered as it was found, or given back to the holder it was lost under. */
  private async bringUp(slot: number, leased: boolean): Promise<void> {
    const { pool, heal, onRelaunch, onReset } = this.options;
    const isUnused = this.unused.delete(slot);
    if (!heal) await this.awaitBrowser(slot);
    else if (leased) {
      await pool.relaunch(slot);
      onRelaunch();
    } else if (isUnused) await pool.launch(slot);
    if (!leased && !isUnused) onReset(await pool.reset(slot, 'recycle', { deadlineMs: resetDeadlineMs }));
  }

  private async awaitBrowser(slot: number): Promise<void> {
    const { pool, monotonicMs, discoveryWaitMs } = this.options;
    const until = monotonicMs() + discoveryWaitMs;
    while ((await pool.adopt(slot)) === undefined) {
      if (monotonicMs() >= until) {
        throw new PoolError('browser_unresponsive', 'No browser answers on its port.');
      }
      await pause(adoptionPauseMs, undefined, { signal: this.closing.signal });
    }
  }

  /** What is wrong with the browser that should be running; the page too is asked where nobody is to be disturbed. */
  private async adoptionError(slot: number, isFree: boolean): Promise<string | undefined> {
    const { pool } = this.options;
    if ((await pool.adopt(slot)) === undefined) return 'The browser was gone when the daemon started.';
    const fault = isFree ? await pool.fault(slot, 'thorough') : undefined;
    return fault && sentenceFor[fault];
  }

  private async lookAtGranted(slot: number): Promise<boolean> {
    const fault = await this.options.pool.fault(slot, 'quick');
    if (fault === undefined) return true;
    this.options.log.warn(`Slot ${slot} was granted without a sound browser.`, { slot, reason: fault });
    await this.tellLost(slot, sentenceFor[fault]);
    return false;
  }

  /** A slot that left the pool while it came up is nobody's to watch. */
  private watch(slot: number): void {
    if (!this.options.registry().state.resources.has(keyOf(slot))) return;
    const end = this.options.pool.watch(slot, (lost) => this.begin(() => this.recordLoss(slot, lost)));
    this.watches.set(slot, end);
  }

  private async recordLoss(slot: number, { pid, reason, logLines }: LostBrowser): Promise<void> {
    this.options.log.warn(`Slot ${slot}: ${sentenceFor[reason]}`, { slot, reason });
    const loss = { pid, reason, error: withLog(sentenceFor[reason], logLines) };
    this.losses.set(slot, loss);
    await this.tellUnlessHolders(slot, loss);
  }

  /** A browser may end after it came up and before the registry knew; nobody will tell of that loss again. */
  private async repeatLoss(slot: number): Promise<void> {
    const loss = this.losses.get(slot);
    if (loss !== undefined) await this.tellUnlessHolders(slot, loss);
  }

  /** A page that breaks under a holder is that holder's to deal with; replacing the browser would take the rest too. */
  private async tellUnlessHolders(slot: number, { pid, reason, error }: Loss): Promise<void> {
    // What is told late is about a browser that has been replaced, and must not cost the slot the next one.
    const current = this.options.pool.facts(slot)?.pid;
    if (current !== undefined && current !== pid) return;
    const isLeased = this.options.registry().state.leases.has(keyOf(slot));
    if (!isLeased || !isOfPage(reason)) await this.tellLost(slot, error);
  }

  private async tellLost(slot: number, error: string): Promise<void> {
    const key = keyOf(slot);
    const resource = this.options.registry().state.resources.get(key);
    if (resource === undefined) return;
    await this.submit({ type: 'lost', key, fence: resource.fence, error });
  }

  /** A journal that cannot be written does not stop the work: the registry keeps the event and writes it later. */
  private async submit(command: Command): Promise<void> {
    try {
      await this.options.registry().submit(command);
    } catch (error) {
      this.options.log.warn('An event could not be recorded yet.', { reason: reasonOf(error) });
    }
  }
}

interface Loss {
  readonly pid: number;
  readonly reason: SlotFault;
  readonly error: string;
}

const sentenceFor: Readonly<Record<SlotFault, string>> = {
  exited: 'The browser exited.',
  stopped: 'The browser was stopped.',
  unresponsive: 'The browser does not answer.',
  page_crashed: 'The page crashed.',
  page_stopped: 'The page was stopped.',
};

function isOfPage(reason: SlotFault): boolean {
  return reason === 'page_crashed' || reason === 'page_stopped';
}

const logLinesTold = 3;

/** What is told goes into the journal and into every status. */
const errorCharsMax = 2_000;

function withLog(sentence: string, logLines: readonly string[]): string {
  return [sentence, ...logLines.slice(-logLinesTold)].join('\n').slice(0, errorCharsMax);
}

function noteOf({ escalatedFrom, reason }: ResetReport): { note?: string } {
  if (escalatedFrom === undefined) return {};
  return { note: `${escalatedFrom} became recycle: ${reason?.message ?? 'it failed'}` };
}

function reasonOf(error: unknown): string {
  if (error instanceof PoolError) {
    const log: unknown = error.details['log'];
    return withLog(`${error.code}: ${error.message}`, Array.isArray(log) ? log.map(String) : []);
  }
  return withLog(error instanceof Error ? error.message : String(error), []);
}
