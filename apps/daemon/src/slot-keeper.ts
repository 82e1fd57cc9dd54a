import { setTimeout as pause } from 'node:timers/promises';
import type { Effect, Registry } from '@escarp/lease-registry';
import type { IdentityDriver } from '@escarp/os-identity';
import type { ResetPolicy, ResetReport, SlotPool } from '@escarp/slot-pool';
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
  readonly onReset: (report: ResetReport) => void;
  readonly onRelaunch: () => void;
}

const resetDeadlineMs = 10_000;
const adoptionPauseMs = 250;

/**
 * Carries out what the registry asks for on real browsers, and tells it what became of them. Each answer carries the
 * fence of its question, so one that comes too late changes nothing.
 */
export class SlotKeeper {
  private readonly options: SlotKeeperOptions;

  constructor(options: SlotKeeperOptions) {
    this.options = options;
  }

  /** Finds the browser of a slot that the journal calls free or leased; a lost one is told as lost. */
  async adopt(slot: number): Promise<void> {
    const { pool } = this.options;
    try {
      if ((await pool.adopt(slot)) === undefined) this.tellLost(slot, 'was gone when the daemon started');
    } catch (error) {
      this.tellLost(slot, reasonOf(error));
    }
    this.watch(slot);
  }

  async start({ key, fence, leased }: EffectOf<'start'>): Promise<void> {
    const slot = slotOf(key);
    try {
      await this.bringUp(slot, leased);
      this.watch(slot);
      await this.submit({ type: 'ready', key, fence });
    } catch (error) {
      this.options.log.warn(`Slot ${slot} did not come up.`, { slot, reason: reasonOf(error) });
      await this.submit({ type: 'failed', key, fence, error: reasonOf(error) });
    }
  }

  async reset({ key, fence }: EffectOf<'reset'>): Promise<void> {
    const slot = slotOf(key);
    try {
      const report = await this.options.pool.reset(slot, this.options.policy, {
        deadlineMs: resetDeadlineMs,
      });
      this.options.onReset(report);
      await this.submit({ type: 'reset-done', key, fence, ...noteOf(report) });
    } catch (error) {
      this.options.log.warn(`Slot ${slot} could not be reset.`, { slot, reason: reasonOf(error) });
      await this.submit({ type: 'reset-failed', key, fence, error: reasonOf(error) });
    }
  }

  async dispose({ key }: EffectOf<'dispose'>): Promise<void> {
    const slot = slotOf(key);
    try {
      await this.options.pool.stop(slot);
      await this.options.identity.remove(slot);
    } catch (error) {
      this.options.log.error(`Slot ${slot} could not be taken down.`, { slot, reason: reasonOf(error) });
    }
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
      if (monotonicMs() >= until)
        throw new PoolError('browser_unresponsive', 'No browser answers on its port.');
      await pause(adoptionPauseMs);
    }
  }

  private watch(slot: number): void {
    this.options.pool.watch(slot, ({ reason, logLines }) => {
      this.options.log.warn(`Slot ${slot} lost its browser.`, { slot, reason });
      this.tellLost(slot, [`The browser ${wordsFor[reason]}.`, ...logLines.slice(-3)].join('\n'));
    });
  }

  private tellLost(slot: number, error: string): void {
    const key = keyOf(slot);
    const resource = this.options.registry().state.resources.get(key);
    if (resource !== undefined) void this.submit({ type: 'lost', key, fence: resource.fence, error });
  }

  /** A journal that cannot be written does not stop the work: the registry keeps the event and writes it later. */
  private async submit(command: Parameters<Registry['submit']>[0]): Promise<void> {
    try {
      await this.options.registry().submit(command);
    } catch (error) {
      this.options.log.error('The journal cannot be written.', { reason: reasonOf(error) });
    }
  }
}

const wordsFor = { exited: 'exited', stopped: 'was stopped', unresponsive: 'does not answer' };

function noteOf({ escalatedFrom, reason }: ResetReport): { note?: string } {
  if (escalatedFrom === undefined) return {};
  return { note: `${escalatedFrom} became recycle: ${reason?.message ?? 'it failed'}` };
}

function reasonOf(error: unknown): string {
  if (error instanceof PoolError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
