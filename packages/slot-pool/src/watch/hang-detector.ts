/** Why a silent browser counts as lost: it will not answer, however long one waits. */
export type HangCause = 'stopped' | 'blocked' | 'frozen' | 'endless_work' | 'unresponsive';

/** The state and the consumption of the browser's main thread, which answers DevTools. Times count from its start. */
export interface MainThread {
  /** The kernel's letter, for example R (runs or wants to), S (sleeps), D (waits for the disk), T or t (stopped). */
  readonly state: string;
  /** Milliseconds on a processor. */
  readonly usedMs: number;
  /** Milliseconds ready to run while something else had the processor; credited only when the thread runs again. */
  readonly waitedMs: number;
  readonly majorFaults: number;
}

/** What one look at a silent browser shows. */
export interface EvidenceSample {
  /** Monotonic. */
  readonly atMs: number;
  /** Undefined if the system does not say. */
  readonly mainThread: MainThread | undefined;
  /** Whether any thread of the browser process runs or wants to. */
  readonly isAnyThreadRunnable: boolean;
  /** Whether a process that the browser started, other than a renderer, runs or wants to. */
  readonly isAnyHelperRunnable: boolean;
  /** How long anything on this machine has waited for the disk; undefined if the system does not say. */
  readonly ioStallMs: number | undefined;
  readonly serverAnswer: ServerAnswer | undefined;
}

/** The latest answer that needed no main thread: a 404 from the DevTools server. In milliseconds. */
export interface ServerAnswer {
  /** Monotonic. */
  readonly askedAtMs: number;
  readonly tookMs: number;
}

/** All in milliseconds. */
export interface HangLimits {
  /** From one look to the next while an answer is pending. */
  readonly lookEveryMs: number;
  /** How long a main thread may sleep over a pending answer while the rest of the browser answers. */
  readonly blockedMs: number;
  /** The same at most, while the browser or a process that it may be waiting for gets too little of the processors. */
  readonly starvedMs: number;
  /** How long the whole browser may do nothing over a pending answer. */
  readonly frozenMs: number;
  /** The same for one that waits for the disk. */
  readonly diskMs: number;
  /** Processor time the main thread may use before it answers. */
  readonly endlessWorkMs: number;
  /** How long an answer may be pending if the system shows nothing of the browser's threads. */
  readonly unseenMs: number;
}

export type Verdict =
  | { readonly isHung: false }
  | { readonly isHung: true; readonly cause: HangCause; readonly evidence: string };

const alive: Verdict = { isHung: false };

// As a share of the time since it last worked. In 26 runs of ten cases, the longest sleep of a live browser that owed
// an answer was 357 ms; that of a hung one was more than 4.6 s.
const workingShareMin = 0.1;
const stoppedLooks = 2;
/** For an answer the main thread is woken several times, and waits for other processes that are woken too. */
const answersOfServer = 10;

/**
 * Distinguishes a hung browser from one that is busy, or that wants a processor and gets none. It decides by what the
 * main thread does while an answer is pending, never by the length of the silence alone. It reads no clock and no file.
 */
export class HangDetector {
  readonly #limits: HangLimits;
  #isPending = false;
  #first: EvidenceSample | undefined;
  #idleFrom: EvidenceSample | undefined;
  #last: EvidenceSample | undefined;
  #looksStopped = 0;
  #runnableAtMs = -Infinity;
  #helperRunnableAtMs = -Infinity;

  constructor(limits: HangLimits) {
    this.#limits = limits;
  }

  /** Whether the browser still has to answer. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** Since when (monotonic) the main thread has been seen to do nothing although an answer is pending. */
  get idleSinceMs(): number | undefined {
    return this.#idleFrom?.atMs;
  }

  asked(): void {
    this.#isPending = true;
  }

  answered(): void {
    this.#isPending = false;
    this.heard();
  }

  /** It answered, and another answer is pending: the measurement starts again. */
  heard(): void {
    this.#first = this.#idleFrom = this.#last = undefined;
    this.#looksStopped = 0;
  }

  /** Must be given a sample every `lookEveryMs` while an answer is pending. */
  observe(sample: EvidenceSample): Verdict {
    if (!this.#isPending) return alive;
    const previous = this.#last;
    this.#last = sample;
    this.#first ??= sample;
    if (isStopped(sample)) return this.#stopped(sample);
    this.#looksStopped = 0;
    const cameLate = previous !== undefined && sample.atMs - previous.atMs > 2 * this.#limits.lookEveryMs;
    // A late look means that the looker itself got no processor, so the browser may have got none either.
    if (this.#idleFrom === undefined || cameLate || isWorking(this.#idleFrom, sample)) {
      this.#idleFrom = sample;
    }
    if (sample.isAnyThreadRunnable) this.#runnableAtMs = sample.atMs;
    if (sample.isAnyHelperRunnable) this.#helperRunnableAtMs = sample.atMs;
    return this.#endlessWork(sample) ?? this.#idle(this.#idleFrom, sample);
  }

  #stopped({ mainThread }: EvidenceSample): Verdict {
    this.#looksStopped += 1;
    // A single look may coincide with a moment in which a debugger or a container engine stops every process.
    if (this.#looksStopped < stoppedLooks) return alive;
    return hung(
      'stopped',
      `its main thread was in state ${mainThread?.state ?? 'T'} at ${stoppedLooks} looks in a row`,
    );
  }

  #endlessWork({ mainThread }: EvidenceSample): Verdict | undefined {
    const usedMs = (mainThread?.usedMs ?? 0) - (this.#first?.mainThread?.usedMs ?? 0);
    if (mainThread === undefined || usedMs < this.#limits.endlessWorkMs) return undefined;
    return hung(
      'endless_work',
      `its main thread used ${inSeconds(usedMs)} of processor time without an answer`,
    );
  }

  #idle(from: EvidenceSample, sample: EvidenceSample): Verdict {
    const { blockedMs, starvedMs, frozenMs, diskMs, unseenMs } = this.#limits;
    const idleMs = sample.atMs - from.atMs;
    const idle = `its main thread did nothing for ${inSeconds(idleMs)} over a pending answer`;
    if (sample.mainThread === undefined) {
      return idleMs < unseenMs ? alive : hung('unresponsive', `it owed an answer for ${inSeconds(idleMs)}`);
    }
    if (isWaitingForDisk(from, sample) && idleMs < diskMs) return alive;
    const { serverAnswer } = sample;
    if (serverAnswer !== undefined && serverAnswer.askedAtMs >= from.atMs) {
      // The main thread sleeps until the zygote has forked, which takes seconds if others have all processors.
      const helpersIdleMs = sample.atMs - Math.max(from.atMs, this.#helperRunnableAtMs);
      const isStarved = helpersIdleMs < blockedMs || idleMs < answersOfServer * serverAnswer.tookMs;
      if (idleMs < (isStarved ? starvedMs : blockedMs)) return alive;
      return hung('blocked', `${idle} while its DevTools server answered`);
    }
    // A thread that wants to run shows that the browser gets no processor, which is not its fault.
    const nothingRanMs = sample.atMs - Math.max(from.atMs, this.#runnableAtMs);
    if (nothingRanMs < frozenMs) return alive;
    return hung('frozen', `none of its threads ran for ${inSeconds(nothingRanMs)} over a pending answer`);
  }
}

function hung(cause: HangCause, evidence: string): Verdict {
  return { isHung: true, cause, evidence };
}

function isStopped({ mainThread }: EvidenceSample): boolean {
  return mainThread?.state === 'T' || mainThread?.state === 't';
}

/** Whether the main thread ran or wanted to. A starved one is credited with its wait late, but shows as runnable. */
function isWorking(from: EvidenceSample, { atMs, mainThread }: EvidenceSample): boolean {
  if (mainThread === undefined || from.mainThread === undefined) return false;
  if (mainThread.state === 'R') return true;
  const workMs = mainThread.usedMs - from.mainThread.usedMs + mainThread.waitedMs - from.mainThread.waitedMs;
  return workMs > 0 && workMs >= workingShareMin * (atMs - from.atMs);
}

function isWaitingForDisk(from: EvidenceSample, { atMs, mainThread, ioStallMs }: EvidenceSample): boolean {
  if (mainThread?.state !== 'D') return false;
  if (mainThread.majorFaults > (from.mainThread?.majorFaults ?? 0)) return true;
  if (ioStallMs === undefined || from.ioStallMs === undefined) return false;
  return ioStallMs - from.ioStallMs >= workingShareMin * (atMs - from.atMs);
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
