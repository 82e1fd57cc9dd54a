import { setImmediate as turn } from 'node:timers/promises';
import { boundLog } from '../browser-log.js';
import { connectDevtools } from '../devtools/devtools-connection.js';
import type { DevtoolsConnection } from '../devtools/devtools-connection.js';
import type { OwnSockets } from '../devtools/own-sockets.js';
import type { PoolLimits } from '../limits.js';
import type { ProcessTable } from '@escarp/child-process';
import { browserFamily } from '../process/slot-processes.js';
import type { SlotPaths } from '../slot-paths.js';
import type { BrowserEvidence } from './browser-evidence.js';
import { CancellableDelay, toCommonTick } from './cancellable-delay.js';
import { DevtoolsServer } from './devtools-server.js';
import { endedOrderly } from './exit-type.js';
import type { HangCause } from './hang-detector.js';
import { HangDetector } from './hang-detector.js';
import { firstPageAnswers, PageHealth } from './page-health.js';
import type { PageFault } from './page-health.js';
import { PagePresence } from './page-presence.js';

/**
 * Why a browser is no longer usable. `closed`: it ended in order, because a client or a person closed it; `exited`: it
 * ended otherwise. In the other cases it is still running and will not answer.
 */
export type LostReason = 'exited' | 'closed' | HangCause;

/** What can be wrong with a slot that is up: its browser is lost, or its first page is. */
export type SlotFault = LostReason | PageFault;

/** A fault, and the evidence from the browser's processes, as the end of a sentence. */
export interface FoundFault {
  readonly reason: SlotFault;
  readonly evidence?: string;
}

export interface WatchedBrowser {
  readonly pid: number;
  readonly processStartedAt: string;
  readonly port: number;
  readonly wsUrl: string;
  /** Milliseconds since the epoch. */
  readonly launchedAt: number;
  readonly paths: SlotPaths;
  /** Whether somebody may be using the browser now, so that it is looked at more often and its pages are left alone. */
  readonly isHeld: () => boolean;
}

export interface WatchPorts {
  readonly processes: ProcessTable;
  readonly evidence: BrowserEvidence;
  readonly limits: PoolLimits;
  readonly monotonicMs: () => number;
  readonly own: OwnSockets;
}

const reconnectMs = 20;
/** How long the main thread is idle before the processes that it may be waiting for are looked at. */
const beforeHelpersMs = 300;
const isHelper = / --type=(?!renderer)/;
/** A log grows slowly, and looking at it costs more than a question. */
const logLookEveryMs = 10_000;

/**
 * Watches one run of a browser, from `start` until its loss or `end`. The end of the connection reveals a death at
 * once. Whether the browser answers is checked while its DevTools are being used, and otherwise rarely, so that a
 * browser that nobody uses costs next to nothing.
 */
export class BrowserWatch {
  readonly #browser: WatchedBrowser;
  readonly #ports: WatchPorts;
  readonly #onFault: (fault: FoundFault) => void;
  readonly #ended = new AbortController();
  readonly #detector: HangDetector;
  readonly #server: DevtoolsServer;
  readonly #pages: PageHealth;
  readonly #presence = new PagePresence();
  readonly #beforeTick = new CancellableDelay();
  readonly #beforeLook = new CancellableDelay();
  #mustAsk = true;
  #usedBefore: string | undefined;
  #askedAtMs = -Infinity;
  #logLookedAtMs = -Infinity;
  #toldOfPage = false;

  /**
   * `onFault` is called at most once with a fault of the page, and at most once with a fault of the browser, which is
   * the last call.
   */
  constructor(browser: WatchedBrowser, ports: WatchPorts, onFault: (fault: FoundFault) => void) {
    this.#browser = browser;
    this.#ports = ports;
    this.#onFault = onFault;
    this.#pages = new PageHealth(ports.processes, { pid: browser.pid, startedAt: browser.processStartedAt });
    this.#detector = new HangDetector(ports.limits);
    this.#server = new DevtoolsServer(browser.port, ports.own, ports.monotonicMs);
  }

  start(): void {
    void this.#keepConnected();
    void this.#keepLooking();
  }

  end(): void {
    this.#ended.abort();
    this.#beforeTick.cancel();
    this.#beforeLook.cancel();
  }

  /** Asks the browser now, because it is about to be used. A problem is reported as a fault. */
  askNow(): void {
    this.#mustAsk = true;
    this.#beforeTick.cancel();
  }

  /** What is wrong at this moment, as far as the processes tell. */
  async fault(): Promise<SlotFault | undefined> {
    try {
      return (await this.#processFault()) ?? (await this.#pages.fault());
    } catch {
      // A machine with too few descriptors to look at its processes has not shown a fault in any of them.
      return undefined;
    }
  }

  isRendererGone(): Promise<boolean> {
    return this.#pages.isRendererGone();
  }

  async #keepConnected(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.#converse().catch(() => {});
      // Whatever ended the conversation, the browser must now show that it is alive.
      this.#detector.asked();
      this.#beforeLook.cancel();
      await this.#beforeTick.wait(reconnectMs);
    }
  }

  /**
   * Asks now and then, for as long as the connection lasts. No call has a deadline, because the detector decides when
   * to give up.
   */
  async #converse(): Promise<void> {
    const { own, limits, monotonicMs } = this.#ports;
    this.#detector.asked();
    const connection = await connectDevtools(this.#browser.wsUrl, { own, callMs: undefined });
    this.#detector.heard();
    const over = this.#hangUpAtEnd(connection);
    try {
      this.#mustAsk = true;
      // Those of a browser that nobody holds are looked for below, if the table is quick enough for that.
      if (this.#browser.isHeld() || !this.#ports.processes.isQuick) await this.#pages.follow();
      while (!over.aborted) {
        if (await this.#isQuestionDue()) await this.#ask(connection);
        if (!this.#browser.isHeld()) await this.#tellOfPage();
        const everyMs = this.#browser.isHeld() ? limits.heldTickMs : limits.freeTickMs;
        if (!over.aborted && !this.#mustAsk)
          await this.#beforeTick.wait(toCommonTick(monotonicMs(), everyMs));
      }
    } finally {
      connection.close();
    }
  }

  /** Aborted when the conversation is over, whichever side ended it. */
  #hangUpAtEnd(connection: DevtoolsConnection): AbortSignal {
    const { signal } = this.#ended;
    const hangUp = connection.close;
    signal.addEventListener('abort', hangUp, { once: true });
    const over = new AbortController();
    if (signal.aborted) over.abort();
    void connection.closed.finally(() => {
      over.abort();
      signal.removeEventListener('abort', hangUp);
      this.#beforeTick.cancel();
    });
    return over.signal;
  }

  async #isQuestionDue(): Promise<boolean> {
    const { limits, monotonicMs, evidence, processes } = this.#ports;
    const { pid, isHeld } = this.#browser;
    const sinceMs = monotonicMs() - this.#askedAtMs;
    const use = evidence.devtoolsUse(pid);
    const isUsed = use !== this.#usedBefore && this.#usedBefore !== undefined;
    this.#usedBefore = use;
    if (this.#mustAsk || isUsed || this.#presence.isInDoubt) return true;
    if (use === undefined && isHeld()) return sinceMs >= limits.heldBlindAskMs;
    if (sinceMs >= (isHeld() ? limits.heldAskMs : limits.freeAskMs)) return true;
    return processes.isQuick && (await processes.state(pid))?.isStopped !== false;
  }

  /** Most answers take a millisecond; a late one is a reason to look at the processes. */
  async #ask(connection: DevtoolsConnection): Promise<void> {
    const { limits, monotonicMs } = this.#ports;
    this.#mustAsk = false;
    this.#askedAtMs = monotonicMs();
    this.#detector.asked();
    const late = setTimeout(() => this.#beforeLook.cancel(), limits.lookEveryMs);
    try {
      await this.#presence.ensure(connection);
    } finally {
      clearTimeout(late);
    }
    this.#detector.answered();
    // The question used DevTools too.
    this.#usedBefore = this.#ports.evidence.devtoolsUse(this.#browser.pid);
    if (this.#askedAtMs - this.#logLookedAtMs < logLookEveryMs) return;
    this.#logLookedAtMs = this.#askedAtMs;
    await boundLog(this.#browser.paths.log, limits.logBytesMax);
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#beforeLook.wait(this.#detector.isPending ? this.#ports.limits.lookEveryMs : undefined);
      // An answer that has arrived is read before the browser is judged for not answering.
      await turn();
      const fault = this.#detector.isPending ? await this.#look().catch(() => undefined) : undefined;
      // The watch may have been stopped during the look, because the browser was stopped.
      if (signal.aborted) return;
      if (fault !== undefined) this.#tellOfLoss(fault);
    }
  }

  async #look(): Promise<FoundFault | undefined> {
    const { pid, processStartedAt, paths, launchedAt } = this.#browser;
    const { evidence, monotonicMs, processes } = this.#ports;
    const entry = await processes.state(pid);
    if (entry?.startedAt !== processStartedAt) {
      return { reason: (await endedOrderly(paths.profile, launchedAt)) ? 'closed' : 'exited' };
    }
    const mainThread = evidence.mainThread(pid) ?? (entry.isStopped ? stoppedThread : undefined);
    const atMs = monotonicMs();
    const idleMs = atMs - (this.#detector.idleSinceMs ?? atMs);
    const verdict = this.#detector.observe({
      atMs,
      mainThread,
      isAnyThreadRunnable: evidence.isAnyThreadRunnable(pid),
      isAnyHelperRunnable: idleMs >= beforeHelpersMs && (await this.#isAnyHelperRunnable()),
      ioStallMs: evidence.ioStallMs(),
      serverAnswer: this.#server.latestAnswer,
    });
    this.#server.ask(this.#detector.idleSinceMs);
    return verdict.isHung ? { reason: verdict.cause, evidence: verdict.evidence } : undefined;
  }

  /** Helpers are the zygotes, the GPU process and the services. */
  async #isAnyHelperRunnable(): Promise<boolean> {
    const { evidence, processes } = this.#ports;
    const { pid: browser, processStartedAt } = this.#browser;
    const entries = await browserFamily(processes, { pid: browser, startedAt: processStartedAt });
    return entries.some(
      ({ pid, commandLine }) => isHelper.test(commandLine) && evidence.isAnyThreadRunnable(pid),
    );
  }

  #tellOfLoss(fault: FoundFault): void {
    this.end();
    this.#onFault(fault);
  }

  async #tellOfPage(): Promise<void> {
    if (this.#toldOfPage || !this.#ports.processes.isQuick) return;
    const { own, limits } = this.#ports;
    const answers = (): Promise<boolean> =>
      firstPageAnswers(this.#browser.wsUrl, { own, callMs: limits.callMs });
    const reason = await this.#pages.look(answers);
    if (reason === undefined || this.#ended.signal.aborted || this.#browser.isHeld()) return;
    this.#toldOfPage = true;
    this.#onFault({ reason });
  }

  async #processFault(): Promise<'exited' | 'stopped' | undefined> {
    const { pid, processStartedAt } = this.#browser;
    const entry = await this.#ports.processes.state(pid);
    if (entry?.startedAt !== processStartedAt) return 'exited';
    return entry.isStopped ? 'stopped' : undefined;
  }
}

/** What a process table that does not list threads can say about one. */
const stoppedThread = { state: 'T', usedMs: 0, waitedMs: 0, majorFaults: 0 };
