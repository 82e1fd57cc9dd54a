import type { LostBrowser, ResetReport, SlotFacts, SlotPool } from '@escarp/slot-pool';
import { PoolError } from '@escarp/slot-pool';

/** Slots without browsers, for what is about leases: up at once, clean at once, and lost when a test says so. */
export interface InstantSlots extends SlotPool {
  /** Slots whose launches fail. */
  readonly broken: Set<number>;
  /** Told before each reset is done; the reset waits for what this returns. */
  beforeReset: (slot: number) => Promise<void> | void;
  /** Every operation, in order, as `launch 0`. */
  readonly done: string[];
  /** Slots whose losses somebody would hear of, in order. */
  watched(): number[];
  /** Ends a browser so that nobody is told. */
  vanish(slot: number): void;
  lose(slot: number, reason?: LostBrowser['reason']): void;
}

export function createInstantSlots(): InstantSlots {
  const running = new Map<number, SlotFacts>();
  const watchers = new Map<number, (lost: LostBrowser) => void>();
  const done: string[] = [];
  const broken = new Set<number>();
  let pids = 1_000;
  const bringUp = (index: number, relaunchedAt: number | null): SlotFacts => {
    if (broken.has(index)) {
      const details = { log: ['first line', 'it would not start'] };
      throw new PoolError('browser_launch_failed', `Slot ${index} is broken.`, { details });
    }
    const facts = factsOf(index, ++pids, relaunchedAt);
    running.set(index, facts);
    return facts;
  };
  const slots: InstantSlots = {
    broken,
    beforeReset: () => {},
    done,
    watched: () => [...watchers.keys()].toSorted((a, b) => a - b),
    vanish: (index) => void running.delete(index),
    lose: (index, reason = 'exited') => {
      const pid = running.get(index)?.pid ?? 0;
      running.delete(index);
      watchers.get(index)?.({ index, pid, reason, logLines: ['the last words'] });
    },
    launch: async (index) => {
      done.push(`launch ${index}`);
      return running.get(index) ?? bringUp(index, null);
    },
    adopt: async (index) => running.get(index),
    reset: async (index, policy): Promise<ResetReport> => {
      done.push(`reset ${index}`);
      await slots.beforeReset(index);
      return { policy, durationMs: 0, facts: bringUp(index, null), isSpare: false };
    },
    requireRecycle: async () => {},
    relaunch: async (index) => {
      done.push(`relaunch ${index}`);
      return bringUp(index, Date.now());
    },
    withProfile: () => Promise.reject(new Error('These slots have no profiles.')),
    stop: async (index) => {
      done.push(`stop ${index}`);
      running.delete(index);
    },
    facts: (index) => running.get(index),
    watch: (index, onLost) => {
      watchers.set(index, onLost);
      return () => watchers.delete(index);
    },
    fault: async (index) => (running.has(index) ? undefined : 'exited'),
    memoryBytes: async () => undefined,
    prepareSpare: async () => {},
    spare: () => undefined,
    spareMemoryBytes: async () => undefined,
    spares: () => undefined,
    connect: async (index) => {
      throw new PoolError('browser_unresponsive', `Slot ${index} has no browser.`);
    },
    sweep: () => {},
    undeleted: () => [],
    close: async () => {},
  };
  return slots;
}

function factsOf(index: number, pid: number, relaunchedAt: number | null): SlotFacts {
  return {
    index,
    tier: 'autonomous',
    headless: true,
    profile: `/nowhere/slot-${index}`,
    pid,
    cdpPort: 9_222 + index,
    cdpWsUrl: `ws://127.0.0.1:${9_222 + index}/devtools/browser/${pid}`,
    cdpTargetId: null,
    cdpWindowId: null,
    bounds: null,
    version: 'Instant/1.0',
    startedAt: Date.now(),
    relaunchedAt,
  };
}
