import type { SlotFacts, SlotPool } from '@escarp/slot-pool';

/** Slots that launch and reset in no time, so that only the broker's own time is left. */
export function instantSlots(): SlotPool {
  const running = new Map<number, SlotFacts>();
  const launch = async (index: number): Promise<SlotFacts> => {
    const facts = running.get(index) ?? factsOf(index);
    running.set(index, facts);
    return facts;
  };
  return {
    launch,
    relaunch: launch,
    requireRecycle: async () => {},
    adopt: async (index) => running.get(index),
    reset: async (index, policy) => ({ policy, durationMs: 0, facts: await launch(index), isSpare: false }),
    withProfile: async () => {
      throw new Error('There is no browser.');
    },
    stop: async (index) => void running.delete(index),
    facts: (index) => running.get(index),
    watch: () => () => {},
    fault: async () => undefined,
    memoryBytes: async () => undefined,
    prepareSpare: async () => {},
    spare: () => undefined,
    spareMemoryBytes: async () => undefined,
    spares: () => undefined,
    connect: async () => {
      throw new Error('There is no browser.');
    },
    sweep: () => {},
    undeleted: () => [],
    close: async () => {},
  };
}

function factsOf(index: number): SlotFacts {
  return {
    index,
    tier: 'autonomous',
    headless: true,
    profile: '/nowhere',
    pid: process.pid,
    cdpPort: 9222 + index,
    cdpWsUrl: `ws://127.0.0.1:${9222 + index}/devtools/browser/6ba7b810-9dad-11d1-80b4-00c04fd430c8`,
    cdpTargetId: '6BA7B8109DAD11D180B400C04FD430C8',
    cdpWindowId: 1,
    bounds: { left: 0, top: 0, width: 1280, height: 800 },
    version: 'Chrome/0',
    startedAt: 0,
    relaunchedAt: null,
  };
}
