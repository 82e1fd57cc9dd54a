import type { ProcessEntry } from '@escarp/child-process';
import { lastLogLines } from './browser-log.js';
import { connectDevtools } from './devtools/devtools-connection.js';
import type { DevtoolsConnection } from './devtools/devtools-connection.js';
import { PoolError, reasonOf } from './errors.js';
import type { LostBrowser, WatchOptions } from './lost-browser.js';
import { deleteLaunchRecord, writeLaunchRecord } from './launch-record.js';
import { refuseLivingOwner } from './living-owner.js';
import { askToEnd, killSlotProcesses } from './process/slot-processes.js';
import { resetInPlace } from './reset/in-place.js';
import type { InPlacePolicy } from './reset/in-place.js';
import { recycle } from './reset/recycle.js';
import type { ResetReport } from './reset/reset-report.js';
import { findRunningSlot, launchSlot, mustBeRecycled } from './running-slot.js';
import type { RunningSlot, SlotContext } from './running-slot.js';
import { discardDirectories } from './slot-directories.js';
import { slotMemoryBytes } from './slot-memory.js';
import type { PoolHome, SlotPaths } from './slot-paths.js';
import { SlotSeats } from './spare/slot-seats.js';
import { BrowserWatch } from './watch/browser-watch.js';
import type { FoundFault, SlotFault } from './watch/browser-watch.js';
import { firstPageAnswers } from './watch/page-health.js';
import { writeProfileAndQuit } from './write-profile.js';
import { keepsProfile } from './slot.js';
import type { LaunchPurpose, ResetPolicy, SlotFacts, SlotSpec } from './slot.js';

export interface SlotSource extends PoolHome {
  readonly specOf: (index: number) => SlotSpec | Promise<SlotSpec>;
}

interface Described {
  readonly spec: SlotSpec;
  readonly paths: SlotPaths;
  /** Its processes when the work on it began. */
  readonly seen: readonly ProcessEntry[];
}

const logLinesOfLoss = 20;

/** One slot: its running browser, its watch, and a queue so that no two operations on it overlap. */
export class PoolSlot {
  /** Where its browser and its spare are. */
  readonly seats: SlotSeats;
  readonly #index: number;
  readonly #source: SlotSource;
  readonly #context: SlotContext;
  #running: RunningSlot | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #onLost: ((lost: LostBrowser) => void) | undefined;
  #isHeld: () => boolean = () => false;
  #watch: BrowserWatch | undefined;
  #isClosed = false;

  constructor(index: number, source: SlotSource, context: SlotContext) {
    this.#index = index;
    this.#source = source;
    this.#context = context;
    this.seats = new SlotSeats(index, context);
  }

  facts(): SlotFacts | undefined {
    return this.#running?.facts;
  }

  launch(): Promise<SlotFacts> {
    return this.#alone(async (slot) => {
      const recorded = { mustBeRecorded: true };
      this.#running = await findRunningSlot(slot.spec, slot.paths, this.#context, recorded);
      if (this.#running && (await this.#pageAnswers(this.#running))) return this.#running.facts;
      await this.#recycle(slot);
      return this.#known();
    });
  }

  adopt(): Promise<SlotFacts | undefined> {
    return this.#alone(async ({ spec, paths }) => {
      await this.seats.discardSpare();
      this.#running = await findRunningSlot(spec, paths, this.#context);
      return this.facts();
    });
  }

  reset(policy: ResetPolicy, deadlineMs: number): Promise<ResetReport> {
    const { monotonicMs } = this.#context.ports;
    return this.#alone(async (slot) => {
      const startedAt = monotonicMs();
      const done = await this.#resetOrEscalate(slot, policy, deadlineMs);
      const facts = this.#known();
      const isSpare = facts.profile !== slot.paths.profile;
      return { ...done, durationMs: monotonicMs() - startedAt, facts, isSpare };
    });
  }

  relaunch(): Promise<SlotFacts> {
    const { processes, limits } = this.#context;
    return this.#alone(async ({ spec, paths, seen }) => {
      this.#running = undefined;
      await killSlotProcesses(processes, paths, limits.killMs, { seen });
      this.#running = await launchSlot(spec, paths, this.#context, 'relaunch');
      return this.#running.facts;
    });
  }

  requireRecycle(): Promise<void> {
    const { ports } = this.#context;
    return this.#alone(async ({ paths }) => {
      if (!this.#running) throw this.#notRunning();
      const record = { ...this.#running.record, mustBeRecycled: true };
      await writeLaunchRecord(paths.record, record, ports.newId);
      this.#running = { ...this.#running, record };
    });
  }

  withProfile(work: (profile: string) => Promise<void>, next: LaunchPurpose | undefined): Promise<void> {
    return this.#alone(async ({ spec, paths }) => {
      const running = this.#running;
      if (running === undefined) throw this.#notRunning();
      this.#running = undefined;
      await writeProfileAndQuit(running, paths, this.#context);
      await work(paths.profile);
      if (next !== undefined) this.#running = await launchSlot(spec, paths, this.#context, next);
    });
  }

  stop(): Promise<void> {
    const { processes, limits, trash } = this.#context;
    return this.#alone(async ({ spec, paths }) => {
      this.#running = undefined;
      await this.seats.stop(spec);
      if (keepsProfile(spec.tier)) await askToEnd(processes, paths, limits.gracefulStopMs);
      await killSlotProcesses(processes, paths, limits.killMs);
      await discardDirectories(trash, this.#source, [paths.tmp]);
      trash.empty();
      await deleteLaunchRecord(paths.record);
    });
  }

  watch(onLost: (lost: LostBrowser) => void, { isHeld = () => false }: WatchOptions = {}): () => void {
    this.#onLost = onLost;
    this.#isHeld = isHeld;
    this.#armWatch();
    return () => {
      if (this.#onLost !== onLost) return;
      this.#onLost = undefined;
      this.#watch?.end();
    };
  }

  async fault(look: 'quick' | 'thorough'): Promise<SlotFault | undefined> {
    const running = this.#running;
    if (running === undefined) return 'exited';
    const watch = this.#watch ?? this.#watchOf(running, () => {});
    watch.askNow();
    const fault = await watch.fault();
    if (fault !== undefined) return fault;
    const isInDoubt = look === 'thorough' || (await watch.isRendererGone());
    if (!isInDoubt) return undefined;
    return (await this.#pageAnswers(running)) ? undefined : 'page_crashed';
  }

  async connect(): Promise<DevtoolsConnection> {
    return connectDevtools(this.#known().cdpWsUrl, { own: this.#context.own, callMs: undefined });
  }

  async memoryBytes(): Promise<number | undefined> {
    const { paths } = await this.#describe();
    return slotMemoryBytes(this.#context.processes, paths);
  }

  /** Of a slot that has a browser. */
  async prepareSpare(): Promise<void> {
    if (this.#running === undefined || this.#isClosed) return;
    await this.seats.prepareSpare(await this.#source.specOf(this.#index));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watch?.end();
    await this.#queue;
    await this.seats.close();
  }

  // The watch is down while the pool itself works on the browser, so that it never reports what the pool did.
  #alone<T>(work: (slot: Described) => Promise<T>): Promise<T> {
    const result = this.#queue.then(async () => {
      this.#watch?.end();
      this.#watch = undefined;
      try {
        const slot = await this.#describe();
        const seen = await refuseLivingOwner(this.#context, slot.paths);
        await this.seats.clearLeftover(slot.spec);
        return await work({ ...slot, seen });
      } finally {
        this.#armWatch();
      }
    });
    this.#queue = result.catch(() => {});
    return result;
  }

  async #describe(): Promise<Omit<Described, 'seen'>> {
    const spec = await this.#source.specOf(this.#index);
    return { spec, paths: await this.seats.pathsOf(spec) };
  }

  #known(): SlotFacts {
    if (this.#running) return this.#running.facts;
    throw this.#notRunning();
  }

  #notRunning(): PoolError {
    return new PoolError('browser_unresponsive', `Slot ${this.#index} has no running browser.`, {
      details: { index: this.#index },
    });
  }

  async #resetOrEscalate(
    slot: Described,
    policy: ResetPolicy,
    deadlineMs: number,
  ): Promise<Pick<ResetReport, 'policy' | 'escalatedFrom' | 'reason'>> {
    if (policy === 'recycle' || mustBeRecycled(this.#running, slot.spec)) {
      await this.#recycle(slot);
      return { policy: 'recycle' };
    }
    try {
      await this.#resetInPlace(slot, policy, deadlineMs);
      return { policy };
    } catch (error) {
      const reason = reasonOf(error);
      this.#log(`The ${policy} reset became a recycle: ${reason.message}`, reason);
      await this.#recycle(slot);
      return { policy: 'recycle', escalatedFrom: policy, reason };
    }
  }

  async #resetInPlace(slot: Described, policy: InPlacePolicy, deadlineMs: number): Promise<void> {
    if (!this.#running) throw this.#notRunning();
    this.#running = await resetInPlace(
      { ...slot, running: this.#running, policy, deadlineMs },
      this.#context,
    );
  }

  async #recycle({ spec, paths, seen }: Described): Promise<void> {
    this.#running = undefined;
    const { processes, limits, trash } = this.#context;
    if (keepsProfile(spec.tier)) await askToEnd(processes, paths, limits.gracefulStopMs);
    await this.seats.withSpare(spec, (seated) =>
      recycle({
        place: this.#source,
        paths,
        keepsProfile: keepsProfile(spec.tier),
        killMs: limits.killMs,
        seen,
        processes,
        trash,
        launch: async (emptied) => {
          const onEmptied = (): Promise<RunningSlot> => launchSlot(spec, paths, this.#context, 'clean');
          this.#running = (await seated()) ?? (await emptied.then(onEmptied));
        },
      }),
    );
  }

  #pageAnswers({ facts }: RunningSlot): Promise<boolean> {
    const { own, limits } = this.#context;
    return firstPageAnswers(facts.cdpWsUrl, { own, callMs: limits.callMs });
  }

  #armWatch(): void {
    this.#watch?.end();
    this.#watch = undefined;
    const running = this.#running;
    if (!this.#onLost || !running || this.#isClosed) return;
    this.#watch = this.#watchOf(running, (fault) => void this.#reportLost(running, fault));
    this.#watch.start();
  }

  #watchOf({ record, facts }: RunningSlot, onFault: (fault: FoundFault) => void): BrowserWatch {
    const { own, processes, evidence, limits, ports } = this.#context;
    const { pid, processStartedAt, port, wsUrl, launchedAt } = record;
    const paths = this.seats.pathsNow(facts.tier);
    const watchPorts = { own, processes, evidence, limits, monotonicMs: ports.monotonicMs };
    const isHeld = (): boolean => this.#isHeld();
    const browser = { pid, processStartedAt, port, wsUrl, launchedAt, paths, isHeld };
    return new BrowserWatch(browser, watchPorts, onFault);
  }

  async #reportLost({ facts }: RunningSlot, fault: FoundFault): Promise<void> {
    const { pid, tier } = facts;
    const logLines = await lastLogLines(this.seats.pathsNow(tier).log, logLinesOfLoss);
    this.#onLost?.({ index: this.#index, pid, ...fault, logLines });
  }

  #log(message: string, details: Readonly<Record<string, unknown>>): void {
    this.#context.ports.log({ level: 'warn', message, slot: this.#index, details });
  }
}
