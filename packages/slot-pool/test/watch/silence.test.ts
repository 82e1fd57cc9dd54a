import { beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/index.js';
import type { Effort, ProcessTable } from '../../src/process/process-table.js';
import { Silence } from '../../src/watch/silence.js';

const browserPid = 1;
const { lookEveryMs, idleSilenceMs, hungMs } = defaultLimits;

describe('a browser that owes an answer', () => {
  let nowMs: number;
  let spent: { browser: Effort | undefined; all: Effort | undefined };
  let silence: Silence;

  beforeEach(() => {
    nowMs = 0;
    const none = { usedMs: 0, waitedMs: 0, isBlocked: false };
    spent = { browser: none, all: none };
    const processes: ProcessTable = {
      isQuick: true,
      state: async () => undefined,
      find: () => Promise.resolve(undefined),
      list: () => Promise.resolve([]),
      memoryBytes: () => Promise.resolve(undefined),
      effort: (pids) => (pids.length === 1 ? spent.browser : spent.all),
    };
    const ports = { processes, limits: defaultLimits, monotonicMs: () => nowMs };
    silence = new Silence(browserPid, () => Promise.resolve([browserPid, 2]), ports);
  });

  /** Looks until the browser counts as hung, and resolves with how long that took; Infinity when it never does. */
  async function hungAfterMs(each: () => void = () => {}): Promise<number> {
    const startedMs = nowMs;
    while (nowMs - startedMs < 2 * hungMs) {
      nowMs += lookEveryMs;
      each();
      if (await silence.isHung()) return nowMs - startedMs;
    }
    return Infinity;
  }

  function spend(of: 'browser' | 'all', more: Partial<Effort>): void {
    const { usedMs = 0, waitedMs = 0, isBlocked = false } = more;
    const before = spent[of] ?? { usedMs: 0, waitedMs: 0 };
    spent[of] = { usedMs: before.usedMs + usedMs, waitedMs: before.waitedMs + waitedMs, isBlocked };
  }

  it('is hung within a second when it only sleeps', async () => {
    silence.asked();
    expect(await hungAfterMs()).toBeLessThanOrEqual(idleSilenceMs + 2 * lookEveryMs);
    expect(idleSilenceMs + 2 * lookEveryMs + defaultLimits.pingEveryMs).toBeLessThanOrEqual(1_000);
  });

  it('is hung within a second too when a page of its computes', async () => {
    silence.asked();
    expect(await hungAfterMs(() => spend('all', { usedMs: lookEveryMs }))).toBeLessThan(1_000);
  });

  it.each([
    ['computes', () => spend('browser', { usedMs: lookEveryMs / 2 })],
    ['or its processes wait for a processor', () => spend('all', { waitedMs: lookEveryMs / 2 })],
    ['or its processes wait for the disk', () => spend('all', { isBlocked: true })],
    ['runs where the system does not tell', () => (spent = { browser: undefined, all: undefined })],
  ])('and %s is hung only when it has long been silent', async (_, busy) => {
    silence.asked();
    expect(await hungAfterMs(busy)).toBe(hungMs);
  });

  it('is not hung once it has answered, however often it is silent for a while', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      silence.asked();
      nowMs += lookEveryMs;
      expect(await silence.isHung()).toBe(false);
      silence.answered();
    }
    expect(await hungAfterMs()).toBe(Infinity);
  });

  it('is not blamed for the time in which this process did not look', async () => {
    silence.asked();
    nowMs += 10 * hungMs;
    expect(await silence.isHung()).toBe(false);
  });

  it('is not blamed for the sleep of this process between two looks either', async () => {
    silence.asked();
    for (let stall = 0; stall < 5; stall += 1) {
      nowMs += lookEveryMs;
      expect(await silence.isHung()).toBe(false);
      nowMs += 2 * idleSilenceMs;
      expect(await silence.isHung()).toBe(false);
    }
  });

  it('is silent from its last answer on, when it has one more to give', async () => {
    silence.asked();
    for (let step = 0; step < 20; step += 1) {
      nowMs += lookEveryMs;
      expect(await silence.isHung()).toBe(false);
      nowMs += lookEveryMs;
      expect(await silence.isHung()).toBe(false);
      silence.heard();
    }
    expect(await hungAfterMs()).toBeLessThan(1_000);
  });
});
