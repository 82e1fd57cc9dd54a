import type { PoolLimits } from '../limits.js';
import type { Effort, ProcessTable } from '../process/process-table.js';

export interface SilencePorts {
  readonly processes: ProcessTable;
  readonly limits: PoolLimits;
  readonly monotonicMs: () => number;
}

interface Evidence {
  readonly atMs: number;
  readonly browser: Effort | undefined;
  readonly all: Effort | undefined;
}

// Of a stretch of time. A hung browser's other threads still turn over now and then.
const idleShareMax = 0.1;

/**
 * How long a browser has owed an answer, and whether it is hung rather than busy or starved. A browser that sleeps with a
 * processor at hand while it owes an answer waits for something that will not come.
 */
export class Silence {
  readonly #browserPid: number;
  readonly #pidsOfSlot: () => Promise<readonly number[]>;
  readonly #ports: SilencePorts;
  #isOwed = false;
  #silentMs = 0;
  #lookedAtMs: number;
  #pids: readonly number[] = [];
  #before: Evidence | undefined;

  constructor(browserPid: number, pidsOfSlot: () => Promise<readonly number[]>, ports: SilencePorts) {
    this.#browserPid = browserPid;
    this.#pidsOfSlot = pidsOfSlot;
    this.#ports = ports;
    this.#lookedAtMs = ports.monotonicMs();
  }

  get isOwed(): boolean {
    return this.#isOwed;
  }

  asked(): void {
    this.#isOwed = true;
  }

  answered(): void {
    this.#isOwed = false;
    this.heard();
  }

  /** It answered, and owes one more answer: its silence begins anew, however late this process asks on. */
  heard(): void {
    this.#silentMs = 0;
    this.#before = undefined;
  }

  /** To be asked every `lookEveryMs`: only time in which this process looked counts, not what it slept through. */
  async isHung(): Promise<boolean> {
    const { limits, monotonicMs } = this.#ports;
    const sinceLookMs = monotonicMs() - this.#lookedAtMs;
    const passedMs = Math.min(sinceLookMs, 2 * limits.lookEveryMs);
    this.#lookedAtMs = monotonicMs();
    if (!this.#isOwed) return false;
    this.#silentMs += passedMs;
    if (this.#silentMs >= limits.hungMs) return true;
    // A process that came late to its look was in want of a processor itself, and so may the browser have been.
    if (passedMs < sinceLookMs) this.#before = undefined;
    return this.#silentMs >= limits.lookEveryMs && (await this.#wasIdle());
  }

  // Gathering the evidence takes milliseconds, so it is done at both ends of the stretch and not at every look.
  async #wasIdle(): Promise<boolean> {
    const { limits, monotonicMs } = this.#ports;
    if (this.#before === undefined) this.#pids = await this.#pidsOfSlot();
    else if (monotonicMs() - this.#before.atMs < limits.idleSilenceMs) return false;
    const before = this.#before;
    this.#before = this.#evidence();
    return this.#isOwed && before !== undefined && isIdle(before, this.#before);
  }

  #evidence(): Evidence {
    const { processes, monotonicMs } = this.#ports;
    return {
      atMs: monotonicMs(),
      browser: processes.effort([this.#browserPid]),
      all: processes.effort(this.#pids),
    };
  }
}

// A page of the slot that computes does not keep the browser from answering; one that waits for a processor says that
// there is none to be had.
function isIdle(before: Evidence, after: Evidence): boolean {
  if (!before.browser || !before.all || !after.browser || !after.all || after.all.isBlocked) return false;
  const usedMs = after.browser.usedMs - before.browser.usedMs;
  const waitedMs = after.all.waitedMs - before.all.waitedMs;
  return usedMs + waitedMs < idleShareMax * (after.atMs - before.atMs);
}
