import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/index.js';
import type { EvidenceSample, MainThread, Verdict } from '../../src/watch/hang-detector.js';
import { HangDetector } from '../../src/watch/hang-detector.js';

const { lookEveryMs, blockedMs, starvedMs, frozenMs, diskMs, endlessWorkMs, unseenMs } = defaultLimits;

/** What changes from one look to the next. */
interface Look {
  readonly state?: string;
  readonly usedMs?: number;
  readonly waitedMs?: number;
  readonly majorFaults?: number;
  readonly ioStallMs?: number;
  readonly serverAnswers?: boolean;
  readonly serverTookMs?: number;
  readonly isAnyThreadRunnable?: boolean;
  readonly isAnyHelperRunnable?: boolean;
  /** Time since the previous look. */
  readonly afterMs?: number;
  readonly isUnseen?: boolean;
}

function pendingDetector(): { look: (look?: Look) => Verdict; detector: HangDetector; nowMs: () => number } {
  const detector = new HangDetector(defaultLimits);
  detector.asked();
  let atMs = 0;
  let thread: MainThread = { state: 'S', usedMs: 1_000, waitedMs: 50, majorFaults: 3 };
  let ioStallMs = 0;
  const look = (change: Look = {}): Verdict => {
    atMs += change.afterMs ?? lookEveryMs;
    ioStallMs += change.ioStallMs ?? 0;
    thread = {
      state: change.state ?? 'S',
      usedMs: thread.usedMs + (change.usedMs ?? 0),
      waitedMs: thread.waitedMs + (change.waitedMs ?? 0),
      majorFaults: thread.majorFaults + (change.majorFaults ?? 0),
    };
    const sample: EvidenceSample = {
      atMs,
      mainThread: change.isUnseen === true ? undefined : thread,
      isAnyThreadRunnable: change.isAnyThreadRunnable ?? change.state === 'R',
      isAnyHelperRunnable: change.isAnyHelperRunnable ?? false,
      ioStallMs,
      serverAnswer:
        change.serverAnswers === true ? { askedAtMs: atMs, tookMs: change.serverTookMs ?? 1 } : undefined,
    };
    return detector.observe(sample);
  };
  return { look, detector, nowMs: () => atMs };
}

/** Looks until the verdict is that it hangs, and returns why and after how long; undefined if that does not happen. */
function verdictAfter(each: (nth: number) => Look, forMs: number): { cause: string; ms: number } | undefined {
  const { look, nowMs } = pendingDetector();
  for (let nth = 0; nowMs() < forMs; nth += 1) {
    const verdict = look(each(nth));
    if (verdict.isHung) return { cause: verdict.cause, ms: nowMs() };
  }
  return undefined;
}

const minutes = 60_000;

describe('a browser that owes an answer', () => {
  it.each(['T', 't'])('is hung if it is stopped or traced (%s) at two looks in a row', (state) => {
    expect(verdictAfter(() => ({ state }), minutes)).toEqual({ cause: 'stopped', ms: 2 * lookEveryMs });
  });

  it('is not hung if something stops it for one look now and then', () => {
    const each = (nth: number): Look => ({ state: nth % 2 === 0 ? 'T' : 'R', usedMs: 10 });
    expect(verdictAfter(each, minutes / 2)).toBeUndefined();
  });

  it('is blocked if its main thread sleeps while its DevTools server answers', () => {
    const verdict = verdictAfter(() => ({ serverAnswers: true }), minutes);
    expect(verdict).toEqual({ cause: 'blocked', ms: blockedMs + lookEveryMs });
    expect(verdict?.ms).toBeLessThan(2_000);
  });

  it('is blocked even if one of its other threads computes', () => {
    const each = (): Look => ({ serverAnswers: true, isAnyThreadRunnable: true });
    expect(verdictAfter(each, minutes)?.cause).toBe('blocked');
  });

  it('gets time for a process that it waits for and that wants a processor, but not for ever', () => {
    const each = (nth: number): Look => ({ serverAnswers: true, isAnyHelperRunnable: nth % 5 === 0 });
    expect(verdictAfter(each, minutes)).toEqual({ cause: 'blocked', ms: starvedMs + lookEveryMs });
  });

  it('gets as much more time as its server takes longer to answer, but not for ever', () => {
    const slow = (serverTookMs: number) =>
      verdictAfter(() => ({ serverAnswers: true, serverTookMs }), minutes);
    expect(slow(500)).toEqual({ cause: 'blocked', ms: 5_000 + lookEveryMs });
    expect(slow(2_000)).toEqual({ cause: 'blocked', ms: starvedMs + lookEveryMs });
  });

  it('is blocked once the processes that it may wait for have been idle with it', () => {
    const each = (nth: number): Look => ({ serverAnswers: true, isAnyHelperRunnable: nth < 20 });
    expect(verdictAfter(each, minutes)).toEqual({ cause: 'blocked', ms: 20 * lookEveryMs + blockedMs });
  });

  it.each(['D', 'S'])('is frozen if no thread runs and its server is silent (%s)', (state) => {
    expect(verdictAfter(() => ({ state }), minutes)).toEqual({ cause: 'frozen', ms: frozenMs + lookEveryMs });
  });

  it.each([
    ['runs or wants to, though it is credited with nothing', () => ({ state: 'R' })],
    ['is seen runnable at one look in ten', (nth: number) => ({ state: nth % 10 === 9 ? 'R' : 'S' })],
    ['sleeps at every look and has worked in between', () => ({ usedMs: lookEveryMs / 5 })],
    ['waits for a processor between sleeps', () => ({ waitedMs: lookEveryMs / 5 })],
    ['is asleep with a server that gets no processor', () => ({ isAnyThreadRunnable: true })],
    [
      'sleeps for a second at a time, as none that lived was seen to',
      (nth: number) => ({ serverAnswers: true, usedMs: nth % 10 === 9 ? 200 : 0 }),
    ],
  ] as const)('is left alone when its main thread %s', (_, each) => {
    expect(verdictAfter(each, endlessWorkMs / 2)).toBeUndefined();
  });

  it.each([
    ['major faults', { majorFaults: 1 }],
    ['pressure on the disk', { ioStallMs: lookEveryMs / 2 }],
  ])('gets time for the disk when it waits for it, as %s show', (_, proof) => {
    const each = (nth: number): Look => ({ state: 'D', ...(nth > 0 ? proof : {}) });
    expect(verdictAfter(each, diskMs - 1_000)).toBeUndefined();
    expect(verdictAfter(each, 2 * diskMs)?.ms).toBe(diskMs + lookEveryMs);
  });

  it('is hung once it has used a minute of processor time without an answer, and not before', () => {
    const each = (): Look => ({ state: 'R', usedMs: lookEveryMs / 2 });
    const verdict = verdictAfter(each, 10 * endlessWorkMs);
    expect(verdict?.cause).toBe('endless_work');
    expect(verdict?.ms).toBeGreaterThanOrEqual(2 * endlessWorkMs);
  });

  it('is hung after a long silence if the system shows nothing of it', () => {
    const verdict = verdictAfter(() => ({ isUnseen: true }), 2 * unseenMs);
    expect(verdict).toEqual({ cause: 'unresponsive', ms: unseenMs + lookEveryMs });
  });

  it('is not blamed for time in which nobody looked', () => {
    const { look } = pendingDetector();
    for (let nth = 0; nth < 20; nth += 1) {
      expect(look({ serverAnswers: true }).isHung).toBe(false);
      expect(look({ serverAnswers: true, afterMs: 10 * blockedMs }).isHung).toBe(false);
    }
  });

  it('needs an answer from its server in this stretch of idleness, not in an earlier one', () => {
    const { look, detector, nowMs } = pendingDetector();
    look({ serverAnswers: true });
    look({ state: 'R' });
    const idleFromMs = nowMs();
    expect(detector.idleSinceMs).toBe(idleFromMs);
    let ms = 0;
    for (; !look().isHung; ms += lookEveryMs);
    expect(ms).toBeGreaterThan(blockedMs + lookEveryMs);
  });

  it('says what was decisive', () => {
    const { look } = pendingDetector();
    let verdict = look({ serverAnswers: true });
    while (!verdict.isHung) verdict = look({ serverAnswers: true });
    expect(verdict.evidence).toBe(
      'its main thread did nothing for 1.5 s over a pending answer while its DevTools server answered',
    );
  });

  it('starts over with every answer, and owes nothing after the last', () => {
    const { look, detector } = pendingDetector();
    for (let nth = 0; nth < 100; nth += 1) {
      expect(look({ serverAnswers: true }).isHung).toBe(false);
      if (nth % 10 === 0) detector.heard();
    }
    detector.answered();
    expect(detector.isPending).toBe(false);
    for (let nth = 0; nth < 100; nth += 1) expect(look({ state: 'T' }).isHung).toBe(false);
  });
});
