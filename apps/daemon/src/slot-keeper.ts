import { setTimeout as pause } from 'node:timers/promises';
import type { Command, Effect, Registry } from '@escarp/lease-registry';
import type { IdentityDriver } from '@escarp/os-identity';
import type { LostBrowser, ResetPolicy, ResetReport, SlotPool } from '@escarp/slot-pool';
import { PoolError } from '@escarp/slot-pool';
import type { Log } from './log.js';
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
  /** False when a journal was lost: what runs may have been used by anyone. */
  readonly trusted: boolean;
  readonly monotonicMs: () => number;
  /** Resolves when the slot's window is on its screen, or is not to be expected any more. Never rejects. */
  readonly windowUp: (slot: number) => Promise<void>;
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
  private readonly losses = new Map<number, string>();

  constructor(options: SlotKeeperOptions) {
    this.options = options;
  }

  /** Finds the browser of a slot that the journal calls free or leased; a lost one is told as lost. */
  async adopt(slot: number): Promise<void> {
    const { pool } = this.options;
    try {
      if ((await pool.adopt(slot)) === undefined)
        await this.tellLost(slot, 'was gone when the daemon started');
    } catch (error) {
      await this.tellLost(slot, reasonOf(error));
    }
    this.watch(slot);
  }

  start(effect: EffectOf<'start'>): void {
    this.begin(this.startSlot(effect));
  }

  reset(effect: EffectOf<'reset'>): void {
    this.begin(this.resetSlot(effect));
  }

  dispose(effect: EffectOf<'dispose'>): void {
    this.begin(this.disposeSlot(effect));
  }

  /** Waits for what is under way, so that it is recorded. Nothing is to be begun after. */
  async close(): Promise<void> {
    this.closing.abort();
    while (this.work.size > 0) await Promise.all(this.work);
  }

  private begin(task: Promise<void>): void {
    this.work.add(task);
    void task.finally(() => this.work.delete(task));
  }

  private async startSlot({ key, fence, leased }: EffectOf<'start'>): Promise<void> {
    const slot = slotOf(key);
    this.losses.delete(slot);
    try {
      await this.bringUp(slot, leased);
      await this.options.windowUp(slot);
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
      await windowUp(slot);
      await this.submit({ type: 'reset-done', key, fence, ...noteOf(report) });
      await this.repeatLoss(slot);
    } catch (error) {
      log.warn(`Slot ${slot} could not be reset.`, { slot, reason: reasonOf(error) });
      await this.submit({ type: 'reset-failed', key, fence, error: reasonOf(error) });
    }
  }

  private async disposeSlot({ key }: EffectOf<'dispose'>): Promise<void> {
    const slot = slotOf(key);
    const { pool, identity, log, onDisposed } = this.options;
    try {
      await pool.stop(slot);
      await identity.remove(slot);
    } catch (error) {
      log.error(`Slot ${slot} could not be taken down.`, { slot, reason: reasonOf(error) });
    }
    await onDisposed(slot);
  }

  private async bringUp(slot: number, leased: boolean): Promise<void> {
    const { pool, heal, trusted, onRelaunch, onReset } = this.options;
    if (!heal) return this.awaitBrowser(slot);
    if (leased) {
      await pool.relaunch(slot);
      return onRelaunch();
    }
    const isFirst = this.options.registry().state.resources.get(keyOf(slot))?.failures === 0;
    if (isFirst && trusted) await pool.launch(slot);
    else onReset(await pool.reset(slot, 'recycle', { deadlineMs: resetDeadlineMs }));
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

  private watch(slot: number): void {
    this.options.pool.watch(slot, (lost) => this.begin(this.recordLoss(slot, lost)));
  }

  private async recordLoss(slot: number, { reason, logLines }: LostBrowser): Promise<void> {
    this.options.log.warn(`Slot ${slot} lost its browser.`, { slot, reason });
    const error = withLog(`The browser ${wordsFor[reason]}.`, logLines);
    this.losses.set(slot, error);
    await this.tellLost(slot, error);
  }

  /** A browser may end after it came up and before the registry knew; nobody will tell of that loss again. */
  private async repeatLoss(slot: number): Promise<void> {
    const error = this.losses.get(slot);
    if (error !== undefined) await this.tellLost(slot, error);
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

const wordsFor = { exited: 'exited', stopped: 'was stopped', unresponsive: 'does not answer' };

const logLinesTold = 3;

function withLog(sentence: string, logLines: readonly string[]): string {
  return [sentence, ...logLines.slice(-logLinesTold)].join('\n');
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
  return error instanceof Error ? error.message : String(error);
}
