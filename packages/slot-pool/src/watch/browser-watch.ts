import { setImmediate as turn } from 'node:timers/promises';
import { boundLog } from '../browser-log.js';
import { connectDevtools } from '../devtools/devtools-connection.js';
import type { DevtoolsConnection } from '../devtools/devtools-connection.js';
import { listTargets } from '../devtools/list-targets.js';
import type { OwnSockets } from '../devtools/own-sockets.js';
import { slotProcesses } from '../process/slot-processes.js';
import type { SlotPaths } from '../slot-paths.js';
import { Nap, toCommonTick } from './nap.js';
import { PageHealth } from './page-health.js';
import type { PageFault } from './page-health.js';
import { Silence } from './silence.js';
import type { SilencePorts } from './silence.js';

/** Why a browser is no longer usable. A `stopped` process is one that got SIGSTOP; `unresponsive` may be load. */
export type LostReason = 'exited' | 'stopped' | 'unresponsive';

/** What can be wrong with a slot that is up: its browser is lost, or the page that it would be handed over with. */
export type SlotFault = LostReason | PageFault;

export interface WatchedBrowser {
  readonly pid: number;
  readonly processStartedAt: string;
  readonly wsUrl: string;
  readonly paths: SlotPaths;
  /** Whether nobody but the pool can have driven it when the watch begins. */
  readonly isFresh: boolean;
}

export interface WatchPorts extends SilencePorts {
  readonly own: OwnSockets;
}

const reconnectMs = 20;
/** A stopped page is told by nothing else. */
const questionsAPageLook = 2;
/** A log grows slowly, and a look at it costs more than a question. */
const questionsALogLook = 25;

/** Watches one run of a browser, from `start` until its loss or `end`. */
export class BrowserWatch {
  readonly #browser: WatchedBrowser;
  readonly #ports: WatchPorts;
  readonly #onFault: (fault: SlotFault) => void;
  readonly #ended = new AbortController();
  readonly #silence: Silence;
  readonly #pages: PageHealth;
  readonly #beforeQuestion = new Nap();
  readonly #beforeLook = new Nap();
  #mayTouch: boolean;
  #toldOfPage = false;

  /** `onFault` is called once at most with a page's fault, and once with the browser's, which is the last. */
  constructor(browser: WatchedBrowser, ports: WatchPorts, onFault: (fault: SlotFault) => void) {
    this.#browser = browser;
    this.#ports = ports;
    this.#onFault = onFault;
    this.#mayTouch = browser.isFresh;
    this.#pages = new PageHealth(ports.processes, browser.paths);
    const pidsOfSlot = async (): Promise<number[]> =>
      (await slotProcesses(ports.processes, browser.paths)).map(({ pid }) => pid);
    this.#silence = new Silence(browser.pid, pidsOfSlot, ports);
  }

  start(): void {
    void this.#keepAsking();
    void this.#keepLooking();
  }

  end(): void {
    this.#ended.abort();
    this.#beforeQuestion.cut();
    this.#beforeLook.cut();
  }

  /** What is wrong at this moment, though no event and no missing answer has told yet. */
  async fault(): Promise<SlotFault | undefined> {
    return (await this.#processFault()) ?? this.#pages.fault();
  }

  isRendererGone(): Promise<boolean> {
    return this.#pages.isRendererGone();
  }

  async #keepAsking(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.#converse().catch(() => {});
      // Whatever ended the conversation, it is the browser's turn to show that it lives.
      this.#silence.asked();
      this.#beforeLook.cut();
      await this.#beforeQuestion.take(reconnectMs);
    }
  }

  /** Asks again and again, for as long as the connection lasts. */
  async #converse(): Promise<void> {
    const { own, limits } = this.#ports;
    this.#silence.asked();
    const connection = this.#heeded(
      await connectDevtools(this.#browser.wsUrl, { own, callMs: limits.hungMs }),
    );
    const { signal } = this.#ended;
    const hangUp = connection.close;
    signal.addEventListener('abort', hangUp, { once: true });
    const over = new AbortController();
    if (signal.aborted) over.abort();
    void connection.closed.finally(() => {
      over.abort();
      signal.removeEventListener('abort', hangUp);
      this.#beforeQuestion.cut();
    });
    try {
      await this.#pages.follow(connection, this.#mayTouch);
      this.#mayTouch = false;
      let asked = 0;
      for (let missed = 0; !over.signal.aborted; await this.#untilNextQuestion(over.signal)) {
        missed = (await this.#ask(connection)) ? 0 : missed + 1;
        // A headless browser lives on without a page, and the slot would have none to hand out. Twice, because a holder
        // may be between closing its last page and opening the next.
        if (missed === 2) await connection.send('Target.createTarget', { url: 'about:blank' });
        this.#silence.answered();
        if (++asked % questionsAPageLook === 0) await this.#tellOfPage();
        if (asked % questionsALogLook === 1) await boundLog(this.#browser.paths.log, limits.logBytesMax);
      }
    } finally {
      connection.close();
    }
  }

  /** Every answer is a sign of life, also those to the questions before the first that is asked again and again. */
  #heeded(connection: DevtoolsConnection): DevtoolsConnection {
    this.#silence.heard();
    const send: DevtoolsConnection['send'] = async (...command) => {
      const answer = await connection.send(...command);
      this.#silence.heard();
      return answer;
    };
    return { ...connection, send };
  }

  async #untilNextQuestion(over: AbortSignal): Promise<void> {
    const { limits, monotonicMs } = this.#ports;
    if (!over.aborted) await this.#beforeQuestion.take(toCommonTick(monotonicMs(), limits.pingEveryMs));
  }

  /** Whether it has a page. Most answers take a millisecond; one that does not is a reason to look more often. */
  async #ask(connection: DevtoolsConnection): Promise<boolean> {
    this.#silence.asked();
    const late = setTimeout(() => this.#beforeLook.cut(), this.#ports.limits.lookEveryMs);
    try {
      return await hasPage(connection);
    } finally {
      clearTimeout(late);
    }
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#beforeLook.take(this.#silence.isOwed ? this.#ports.limits.lookEveryMs : undefined);
      // An answer that has arrived is read before its lack is judged.
      await turn();
      const fault = await this.#browserFault();
      // The watch may have been ended during the look, by whoever ended the browser.
      if (signal.aborted) return;
      if (fault !== undefined) this.#tellOfLoss(fault);
    }
  }

  /** One that answers runs. */
  async #browserFault(): Promise<LostReason | undefined> {
    const isHung = await this.#silence.isHung();
    if (!this.#silence.isOwed) return undefined;
    return (await this.#processFault()) ?? (isHung ? 'unresponsive' : undefined);
  }

  #tellOfLoss(reason: LostReason): void {
    this.end();
    this.#onFault(reason);
  }

  async #tellOfPage(): Promise<void> {
    if (this.#toldOfPage) return;
    const fault = this.#ports.processes.isQuick ? await this.#pages.look() : this.#pages.crash();
    if (fault === undefined || this.#ended.signal.aborted) return;
    this.#toldOfPage = true;
    this.#onFault(fault);
  }

  async #processFault(): Promise<'exited' | 'stopped' | undefined> {
    const { pid, processStartedAt } = this.#browser;
    const entry = await this.#ports.processes.state(pid);
    if (entry?.startedAt !== processStartedAt) return 'exited';
    return entry.isStopped ? 'stopped' : undefined;
  }
}

async function hasPage(connection: DevtoolsConnection): Promise<boolean> {
  return (await listTargets(connection)).some(({ type }) => type === 'page');
}
