import { FakeClock, type LeaseOperation, violationsIn } from '@escarp/test-support';
import { describe, expect, it } from 'vitest';
import type { Lease, Reply } from '../src/index.js';
import { defaultLimits, emptyState, Registry } from '../src/index.js';
import { random } from './model/long-run.js';

const acquired = (granted: number, startedAt: number, endedAt: number): LeaseOperation => {
  return { kind: 'acquire', slot: 'a', startedAt, endedAt, succeeded: true, granted };
};
const done = (
  kind: 'renew' | 'release',
  fence: number,
  startedAt: number,
  endedAt: number,
): LeaseOperation => {
  return { kind, slot: 'a', startedAt, endedAt, succeeded: true, fence };
};
const ended = (
  kind: 'renew' | 'release',
  fence: number,
  startedAt: number,
  endedAt: number,
): LeaseOperation => {
  return { ...done(kind, fence, startedAt, endedAt), succeeded: false };
};
const isFine = (...history: LeaseOperation[]) => violationsIn(history, { ttl: 100 }).length === 0;

describe('the checker of histories', () => {
  it('accepts what one at a time could have done', () => {
    expect(
      isFine(acquired(1, 0, 1), done('renew', 1, 2, 3), done('release', 1, 4, 5), acquired(2, 6, 7)),
    ).toBe(true);
  });

  it('accepts calls that overlap if some order explains them', () => {
    expect(isFine(acquired(1, 0, 1), acquired(2, 2, 9), done('release', 1, 3, 8))).toBe(true);
  });

  it('rejects two holders at once', () => {
    expect(isFine(acquired(1, 0, 1), acquired(2, 2, 3), done('release', 1, 4, 5))).toBe(false);
  });

  it('rejects a fence that does not rise', () => {
    expect(isFine(acquired(2, 0, 1), done('release', 2, 2, 3), acquired(1, 4, 5))).toBe(false);
    expect(isFine(acquired(2, 0, 1), done('release', 2, 2, 3), acquired(2, 4, 5))).toBe(false);
  });

  it('rejects a renewal by one who released', () => {
    expect(isFine(acquired(1, 0, 1), done('release', 1, 2, 3), done('renew', 1, 4, 5))).toBe(false);
  });

  it('rejects a holder who is told that its lease has ended before its time', () => {
    expect(isFine(acquired(1, 0, 1), ended('renew', 1, 50, 60))).toBe(false);
    expect(isFine(acquired(1, 0, 1), ended('renew', 1, 50, 110))).toBe(true);
  });

  it('rejects a new holder before the old one’s time is over', () => {
    expect(isFine(acquired(1, 0, 1), done('renew', 1, 90, 91), acquired(2, 150, 151))).toBe(false);
    expect(isFine(acquired(1, 0, 1), done('renew', 1, 90, 91), acquired(2, 150, 191))).toBe(true);
  });

  it('takes a call of unknown outcome for done or not done, whichever explains the rest', () => {
    const { endedAt: _, ...release } = done('release', 1, 2, 3);
    expect(isFine(acquired(1, 0, 1), release, acquired(2, 6, 7))).toBe(true);
    expect(isFine(acquired(1, 0, 1), release, done('renew', 1, 6, 7))).toBe(true);
    expect(isFine(acquired(1, 0, 1), release, acquired(2, 6, 7), done('renew', 1, 8, 9))).toBe(false);
  });

  it('accepts a handoff from the holder and rejects one from a former holder', () => {
    const accept = {
      kind: 'accept',
      slot: 'a',
      startedAt: 2,
      endedAt: 3,
      succeeded: true,
      fence: 1,
      granted: 2,
    } as const;
    expect(isFine(acquired(1, 0, 1), accept, ended('renew', 1, 4, 5), done('renew', 2, 4, 5))).toBe(true);
    expect(isFine(acquired(1, 0, 1), accept, done('renew', 1, 4, 5))).toBe(false);
    expect(isFine(acquired(1, 0, 1), done('release', 1, 1, 1.5), accept)).toBe(false);
  });

  it('says when it cannot decide', () => {
    const tangle = Array.from({ length: 24 }, (_, at) => acquired(at + 1, 0, 90));
    expect(() => violationsIn(tangle, { ttl: 1_000, budget: 1 })).toThrow('budget');
  });
});

describe('the registry under concurrent clients', () => {
  it.each(Array.from({ length: 20 }, (_, at) => at + 1))(
    'has a history that one at a time explains (seed %i)',
    async (seed) => {
      const history = await recorded(seed);
      expect(history.filter(({ succeeded }) => succeeded).length).toBeGreaterThan(50);
      expect(violationsIn(history, { ttl: ttlMs })).toEqual([]);
    },
  );
});

const ttlMs = 50;

/** Lets clients at a registry whose journal is slow and now and then broken, and writes down what each saw. */
async function recorded(seed: number): Promise<LeaseOperation[]> {
  const choose = random(seed);
  const clock = new FakeClock();
  const history: LeaseOperation[] = [];
  let ticks = 0;
  /** Moments of one millisecond in their order. */
  const time = (): number => clock.monotonicMs + (ticks += 1) * 1e-6;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const registry: Registry = new Registry(emptyState({ ...defaultLimits, ttlMs, lateMs: 1e9 }), {
    clock: clock.read,
    wake: clock.wake,
    append: async () => {
      for (let count = choose(3); count > 0; count--) await turn();
      if (choose(40) === 0) throw new Error('disk full');
    },
    effects: {
      start: ({ key, fence }) => void registry.submit({ type: 'ready', key, fence }).catch(() => undefined),
      reset: ({ key, fence }) =>
        void registry.submit({ type: 'reset-done', key, fence }).catch(() => undefined),
      dispose: () => undefined,
    },
  });
  let made = 0;
  const ids = () => ({ requestId: `r${(made += 1)}`, leaseId: `l${made}`, tokenDigest: `d${made}` });

  async function call(
    operation: Omit<LeaseOperation, 'startedAt'>,
    run: () => Promise<Reply>,
  ): Promise<Lease | undefined> {
    const startedAt = time();
    const reply = await run().catch(() => undefined);
    const isKnown = reply !== undefined && !(reply.type === 'refused' && reply.code === 'wait_cancelled');
    const end = isKnown ? { endedAt: time(), succeeded: reply.type !== 'refused' } : {};
    const lease = reply !== undefined && 'lease' in reply ? reply.lease : undefined;
    const grant = reply?.type === 'granted' ? { slot: reply.lease.key, granted: reply.lease.fence } : {};
    history.push({ ...operation, ...grant, startedAt, ...end });
    return lease;
  }

  async function client(name: string): Promise<void> {
    let lease: Lease | undefined;
    for (let count = 0; count < 25; count++) {
      for (let pause = choose(4); pause > 0; pause--) await turn();
      if (lease === undefined) {
        const abort = new AbortController();
        const scope = { holder: name };
        const command = { type: 'acquire', ...ids(), scope, selector: {}, waitMs: choose(40) } as const;
        const asking = call({ kind: 'acquire' }, () => registry.acquire(command, abort.signal));
        if (choose(5) === 0) void turn().then(() => abort.abort());
        lease = await asking;
        continue;
      }
      const { key: slot, fence, tokenDigest } = lease;
      const kind = choose(6);
      if (kind < 3) {
        const isHeld = await call({ kind: 'renew', slot, fence }, () =>
          registry.submit({ type: 'renew', tokenDigest }),
        );
        if (isHeld === undefined) lease = undefined;
      } else if (kind < 5) {
        await call({ kind: 'release', slot, fence }, () => registry.submit({ type: 'release', tokenDigest }));
        if (choose(3) > 0) lease = undefined;
      } else {
        const codeDigest = `c${(made += 1)}`;
        await registry.submit({ type: 'offer', tokenDigest, to: name, codeDigest }).catch(() => undefined);
        const command = { type: 'accept', ...ids(), scope: { holder: name }, codeDigest } as const;
        lease = (await call({ kind: 'accept', slot, fence }, () => registry.submit(command))) ?? lease;
      }
    }
  }

  for (const key of ['a', 'b']) await registry.submit({ type: 'added', key }).catch(() => undefined);
  const running = new Set<Promise<void>>();
  for (let at = 0; at < 6; at++) {
    const active: Promise<void> = client(`client ${at}`).finally(() => running.delete(active));
    running.add(active);
  }
  while (running.size > 0) await clock.pass(choose(4));
  registry.close();
  return history;
}
