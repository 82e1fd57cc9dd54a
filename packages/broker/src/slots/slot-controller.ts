import { setTimeout as pause } from 'node:timers/promises';
import type { Effect, Lease } from '@escarp/lease-registry';
import type { LostBrowser, ResetPolicy, ResetReport, SlotFault } from '@escarp/slot-pool';
import { PoolError } from '@escarp/slot-pool';
import type { Log } from '../log.js';
import type { SlotDriver } from './slot-driver.js';
import type { SlotReports } from './slot-reports.js';
import type { SlotWindow } from './slot-window.js';
import { faultSentence, isOfPage, reasonOf, withEvidence, withLog } from './slot-faults.js';

type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;

export interface SlotControllerOptions {
  readonly key: string;
  readonly slot: number;
  readonly driver: SlotDriver;
  readonly window: SlotWindow;
  readonly reports: SlotReports;
  /** Takes down what belongs to the slot besides its browser. */
  readonly removeIdentity: () => Promise<void>;
  readonly onDisposed: () => Promise<void>;
  readonly log: Log;
  readonly policy: ResetPolicy;
  /** What is to be done with the logins of a lease that has ended, before its slot is reset. Never rejects. */
  readonly endLogins: (effect: EffectOf<'reset'>) => Promise<void>;
  /** Resolves when nothing of ours is connected any more to a browser whose lease has ended. Never rejects. */
  readonly letGo: () => Promise<void>;
  /** Whether browsers are launched; otherwise they are waited for, because somebody else launches them. */
  readonly heal: boolean;
  readonly discoveryWaitMs: number;
  readonly monotonicMs: () => number;
  readonly onReset: (report: ResetReport) => void;
  readonly onRelaunch: () => void;
}

const resetDeadlineMs = 10_000;
const adoptionPauseMs = 250;
const closesItselfWithinMs = 5_000;
const goneAtStart = 'The browser was gone when the daemon started.';

/**
 * Carries out what the registry asks for on one slot's browser, and tells it what became of it. Each answer carries the
 * fence of its question, so one that comes too late changes nothing.
 */
export class SlotController {
  private readonly options: SlotControllerOptions;
  private readonly closing = new AbortController();
  private readonly work = new Set<Promise<void>>();
  /** The loss told since the slot was last brought up or reset, which the registry may not have been ready to hear. */
  private loss: Loss | undefined;
  private endWatch: (() => void) | undefined;
  /** Nobody has used the running browser yet, because it was launched for the first daemon there is. */
  private isUnused = false;
  /** The browser lives on when the slot leaves the pool. */
  private isKept = false;
  /** The check of the present lease: whether the browser was sound when it was granted. */
  private check: { readonly fence: number; readonly sound: Promise<boolean> } | undefined;

  constructor(options: SlotControllerOptions) {
    this.options = options;
  }

  /** Lets the first start take a browser that runs already for clean. */
  presumeUnused(): void {
    this.isUnused = true;
  }

  /** Says whether the browser is left running when the slot leaves the pool; the last word counts. */
  keepWhenRemoved(isKept: boolean): void {
    this.isKept = isKept;
  }

  /** Finds the browser of a slot that the journal calls free or leased; a lost one is reported as lost. */
  async adopt(): Promise<void> {
    const { reports, driver, key } = this.options;
    const lease = reports.lease(key);
    if (lease !== undefined) this.check = { fence: lease.fence, sound: Promise.resolve(true) };
    try {
      // Whatever ended it while no daemon ran, a machine's restart or `escarp down`, the slot did not fail at it.
      if ((await driver.adopt()) === undefined) await this.reportLost(goneAtStart, true);
      else if (lease === undefined) await this.reportFaultOfFree();
      else this.prepareSpare();
    } catch (error) {
      await this.reportLost(reasonOf(error));
    }
    this.watch();
  }

  /**
   * Looks at a browser that was just granted, which may have died before anybody knew, and reports it as lost, so that it
   * is replaced before the holder hears of it. Resolves with whether it was sound. Once for each lease: after that its
   * pages are its holder's own business.
   */
  checkGranted({ fence }: Lease): Promise<boolean> {
    if (this.check?.fence === fence) return this.check.sound;
    const sound = this.lookAtGranted();
    this.check = { fence, sound };
    return sound;
  }

  start(effect: EffectOf<'start'>): void {
    this.begin(() => this.startSlot(effect));
  }

  reset(effect: EffectOf<'reset'>): void {
    this.begin(() => this.resetSlot(effect));
  }

  dispose(): void {
    this.begin(() => this.disposeSlot());
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
    const { window, reports, log, slot } = this.options;
    this.loss = undefined;
    try {
      await this.bringUp(leased);
      await window.untilUp(this.closing.signal);
      this.watch();
    } catch (error) {
      if (this.closing.signal.aborted) return;
      log.warn(`Slot ${slot} did not come up.`, { slot, reason: reasonOf(error) });
      await reports.submit({ type: 'failed', key, fence, error: reasonOf(error) });
      return;
    }
    await reports.submit({ type: 'ready', key, fence });
    await this.repeatLoss();
  }

  private async resetSlot(effect: EffectOf<'reset'>): Promise<void> {
    const { key, fence, claims } = effect;
    const { driver, endLogins, letGo, onReset, window, reports, log, slot } = this.options;
    // Of a login nothing may be left, however little the next holder would meet of it.
    const policy = claims.length > 0 ? 'recycle' : this.options.policy;
    this.loss = undefined;
    try {
      await Promise.all([endLogins(effect), letGo()]);
      const report = await driver.reset(policy, { deadlineMs: resetDeadlineMs });
      onReset(report);
      await window.untilUp(this.closing.signal);
      await reports.submit({ type: 'reset-done', key, fence, ...noteOf(report) });
      await this.repeatLoss();
    } catch (error) {
      log.warn(`Slot ${slot} could not be reset.`, { slot, reason: reasonOf(error) });
      await reports.submit({ type: 'reset-failed', key, fence, error: reasonOf(error) });
    }
  }

  private async disposeSlot(): Promise<void> {
    const { log, onDisposed, slot } = this.options;
    const { isKept } = this;
    this.isKept = false;
    try {
      await (isKept ? this.leave() : this.takeDown());
    } catch (error) {
      log.error(`Slot ${slot} could not be shut down.`, { slot, reason: reasonOf(error) });
    }
    await onDisposed();
  }

  private async takeDown(): Promise<void> {
    await this.options.driver.stop();
    await this.options.removeIdentity();
  }

  /** To look for the browser is also to wait for what the pool still does to it, before the lock is let go. */
  private async leave(): Promise<void> {
    await this.options.driver.adopt();
    this.endWatch?.();
    this.endWatch = undefined;
  }

  /** Only a browser that nobody has used is offered as it was found, or given back to the holder it was lost under. */
  private async bringUp(leased: boolean): Promise<void> {
    const { driver, heal, onRelaunch, onReset } = this.options;
    const { isUnused } = this;
    this.isUnused = false;
    if (!heal) await this.awaitBrowser();
    else if (leased) {
      await driver.relaunch();
      onRelaunch();
    } else if (isUnused) await driver.launch();
    if (!leased && !isUnused) onReset(await driver.reset('recycle', { deadlineMs: resetDeadlineMs }));
  }

  private async awaitBrowser(): Promise<void> {
    const { driver, monotonicMs, discoveryWaitMs } = this.options;
    const until = monotonicMs() + discoveryWaitMs;
    while ((await driver.adopt()) === undefined) {
      if (monotonicMs() >= until) {
        throw new PoolError('browser_unresponsive', 'No browser answers on its port.');
      }
      await pause(adoptionPauseMs, undefined, { signal: this.closing.signal });
    }
  }

  /** The page too is asked, because nobody holds the slot who would be disturbed. */
  private async reportFaultOfFree(): Promise<void> {
    const fault = await this.options.driver.fault('thorough');
    if (fault !== undefined) await this.reportLost(faultSentence[fault]);
  }

  private async lookAtGranted(): Promise<boolean> {
    const { driver, log, slot } = this.options;
    const fault = await driver.fault('quick');
    if (fault === undefined) {
      this.prepareSpare();
      return true;
    }
    log.warn(`Slot ${slot} was granted, but its browser is not healthy.`, { slot, reason: fault });
    await this.reportLost(faultSentence[fault]);
    return false;
  }

  /** For the recycle at the end of a lease, which nobody waits for now. */
  private prepareSpare(): void {
    const { driver, heal, log, slot } = this.options;
    if (!heal || this.closing.signal.aborted) return;
    void driver.prepareSpare().catch((error: unknown) => {
      log.warn(`Slot ${slot} has no spare.`, { slot, reason: reasonOf(error) });
    });
  }

  /** A slot that left the pool while it came up is nobody's to watch. */
  private watch(): void {
    const { driver, reports, key } = this.options;
    if (reports.resource(key) === undefined) return;
    const onLost = (lost: LostBrowser): void => this.begin(() => this.recordLoss(lost));
    this.endWatch = driver.watch(onLost, { isHeld: () => reports.lease(key) !== undefined });
  }

  private async recordLoss({ pid, reason, evidence, logLines }: LostBrowser): Promise<void> {
    const sentence = withEvidence(faultSentence[reason], evidence);
    const { log, slot } = this.options;
    log.warn(`Slot ${slot}: ${sentence}`, { slot, reason, evidence });
    this.loss = { pid, reason, error: withLog(sentence, logLines) };
    await this.reportUnlessHolders(this.loss);
  }

  /** A browser may end after it came up and before the registry knew; nobody will tell of that loss again. */
  private async repeatLoss(): Promise<void> {
    if (this.loss !== undefined) await this.reportUnlessHolders(this.loss);
  }

  /** A page that breaks under a holder is that holder's to deal with; replacing the browser would take the rest too. */
  private async reportUnlessHolders({ pid, reason, error }: Loss): Promise<void> {
    const { driver, reports, key } = this.options;
    // What is told late is about a browser that has been replaced, and must not cost the slot the next one.
    const current = driver.facts()?.pid;
    if (current !== undefined && current !== pid) return;
    const isLeased = reports.lease(key) !== undefined;
    if (!isLeased || !isOfPage(reason)) await this.reportLost(error, this.wasClosed(reason));
  }

  /** Whether somebody closed the browser on purpose. One that nobody holds and that ends at once closed itself. */
  private wasClosed(reason: SlotFault): boolean {
    const { reports, monotonicMs, key } = this.options;
    const upForMs = monotonicMs() - (reports.resource(key)?.upSinceMs ?? Infinity);
    return reason === 'closed' && (reports.lease(key) !== undefined || upForMs >= closesItselfWithinMs);
  }

  private async reportLost(error: string, isOrderly = false): Promise<void> {
    const { reports, key } = this.options;
    const resource = reports.resource(key);
    if (resource === undefined) return;
    await reports.submit({ type: 'lost', key, fence: resource.fence, error, isOrderly });
  }
}

interface Loss {
  readonly pid: number;
  readonly reason: SlotFault;
  readonly error: string;
}

function noteOf({ escalatedFrom, reason }: ResetReport): { note?: string } {
  if (escalatedFrom === undefined) return {};
  return { note: `${escalatedFrom} became recycle: ${reason?.message ?? 'it failed'}` };
}
