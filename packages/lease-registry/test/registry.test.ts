import { FakeClock } from '@escarp/test-support';
import { describe, expect, it } from 'vitest';
import type { Effect, Limits, RegistryEvent, OwnedState } from '../src/index.js';
import {
  defaultLimits,
  emptyState,
  JournalUnavailable,
  recover,
  Registry,
  RegistryStopped,
} from '../src/index.js';
import { leaseIn, outcomeOf, Stage } from './stage.js';

/** A registry over a journal in memory that can be held up or broken. */
class Bench {
  readonly clock = new FakeClock();
  readonly journal: RegistryEvent[] = [];
  readonly effects: Effect[] = [];
  /** How many batches were written. */
  batches = 0;
  journalBroken = false;
  private gate: Promise<void> = Promise.resolve();
  readonly limits: Limits;
  readonly registry: Registry;
  private readonly asks = new Stage();

  constructor(limits: Partial<Limits> = {}, state?: OwnedState) {
    this.limits = { ...defaultLimits, ...limits };
    const note = (effect: Effect): void => void this.effects.push(effect);
    this.registry = new Registry(state ?? emptyState(this.limits), {
      clock: this.clock.read,
      wake: this.clock.wake,
      append: (events) => this.append(events),
      effects: { start: note, reset: note, dispose: note },
    });
  }

  /** Lets no batch through until the returned function is called. */
  holdUp(): () => void {
    let open!: () => void;
    this.gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  async free(...keys: string[]): Promise<this> {
    for (const key of keys) {
      await this.registry.submit({ type: 'added', key });
      await this.registry.submit({ type: 'ready', key, fence: this.fenceOf(key) });
    }
    return this;
  }

  ask(...args: Parameters<Stage['ask']>) {
    return this.asks.ask(...args);
  }

  fenceOf(key: string): number {
    return this.registry.state.resources.get(key)!.fence;
  }

  reset(key: string) {
    return this.registry.submit({ type: 'reset-done', key, fence: this.fenceOf(key) });
  }

  get holders(): string[] {
    return [...this.registry.state.leases.values()].map(({ key, scope }) => `${scope.holder} ${key}`);
  }

  /** What a restart would find. */
  get durable(): OwnedState {
    return recover(this.limits, undefined, this.journal, this.clock.read());
  }

  private async append(events: readonly RegistryEvent[]): Promise<void> {
    await this.gate;
    if (this.journalBroken) throw new Error('disk full');
    this.journal.push(...events);
    this.batches += 1;
  }
}

const nothing = { code: 'journal_unavailable' };

/** Lets everything that is ready run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the registry', () => {
  it('answers when the events are durable and not before', async () => {
    const bench = await new Bench().free('a');
    const open = bench.holdUp();
    let answered = false;
    const reply = bench.registry.acquire(bench.ask('ann')).finally(() => (answered = true));
    await settled();
    expect(answered).toBe(false);
    open();
    expect(outcomeOf(await reply)).toBe('granted');
    expect(bench.durable.leases.size).toBe(1);
  });

  it('asks nothing of the world before the events are durable', async () => {
    const bench = await new Bench().free('a');
    const { lease } = (await bench.registry.submit(bench.ask('ann'))) as { lease: { tokenDigest: string } };
    const open = bench.holdUp();
    bench.effects.length = 0;
    const released = bench.registry.submit({ type: 'release', tokenDigest: lease.tokenDigest });
    await settled();
    expect(bench.effects).toEqual([]);
    open();
    await released;
    expect(bench.effects.map(({ type }) => type)).toEqual(['reset']);
  });

  it('writes what comes in meanwhile as one batch', async () => {
    const bench = await new Bench().free('a', 'b', 'c', 'd');
    const open = bench.holdUp();
    const before = bench.batches;
    const replies = ['ann', 'ben', 'cat', 'dan'].map((holder) => bench.registry.acquire(bench.ask(holder)));
    await settled();
    open();
    await Promise.all(replies);
    expect(bench.batches - before).toBe(2);
  });

  it('writes nothing for a renewal', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    const before = bench.batches;
    await bench.registry.submit({ type: 'renew', tokenDigest });
    expect(bench.batches).toBe(before);
  });

  it('answers a caller in line when its turn comes', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    const waiting = bench.registry.acquire(bench.ask('ben', { waitMs: 5_000 }));
    await bench.registry.submit({ type: 'release', tokenDigest });
    await bench.reset('a');
    expect(leaseIn(await waiting).scope.holder).toBe('ben');
  });

  it('answers every repeat of a request in line alike', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    const command = bench.ask('ben', { waitMs: 5_000 });
    const both = [bench.registry.acquire(command), bench.registry.acquire(command)];
    await bench.registry.submit({ type: 'release', tokenDigest });
    await bench.reset('a');
    const [first, second] = await Promise.all(both);
    expect(first).toEqual(second);
    expect(bench.holders).toEqual(['ben a']);
  });
});

describe('the timer of the registry', () => {
  it('is not there while nothing can expire', async () => {
    const bench = await new Bench().free('a');
    expect(bench.clock.alarmsAt).toEqual([]);
  });

  it('is one, whatever is waiting to expire', async () => {
    const bench = await new Bench().free('a', 'b');
    await bench.registry.submit(bench.ask('ann', { ttlMs: 9_000 }));
    await bench.registry.submit(bench.ask('ben', { ttlMs: 5_000 }));
    void bench.registry.acquire(bench.ask('cat', { waitMs: 7_000 }));
    await settled();
    expect(bench.clock.alarmsAt).toEqual([bench.clock.monotonicMs + 5_000]);
    await bench.clock.pass(5_000);
    expect(bench.clock.alarmsAt).toEqual([bench.clock.monotonicMs + 2_000]);
  });

  it('has a lease expire at its deadline with no command coming in', async () => {
    const bench = await new Bench().free('a');
    await bench.registry.submit(bench.ask('ann', { ttlMs: 5_000 }));
    await bench.clock.pass(4_999);
    expect(bench.holders).toEqual(['ann a']);
    await bench.clock.pass(1);
    expect(bench.holders).toEqual([]);
    expect(bench.durable.leases.size).toBe(0);
  });

  it('is not set anew at every renewal: an early wake finds the new deadline', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann', { ttlMs: 5_000 })));
    const [set] = bench.clock.alarmsAt;
    await bench.clock.pass(3_000);
    await bench.registry.submit({ type: 'renew', tokenDigest });
    expect(bench.clock.alarmsAt).toEqual([set]);
    await bench.clock.pass(2_000);
    expect(bench.clock.alarmsAt).toEqual([set! + 3_000]);
    expect(bench.holders).toEqual(['ann a']);
  });

  it('is called off when the last deadline goes, and when the registry is closed', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    await bench.registry.submit({ type: 'release', tokenDigest });
    await bench.reset('a');
    expect(bench.clock.alarmsAt).toEqual([]);
    await bench.registry.submit(bench.ask('ben'));
    expect(bench.clock.alarmsAt).toHaveLength(1);
    bench.registry.close();
    expect(bench.clock.alarmsAt).toEqual([]);
    await bench.registry.submit({ type: 'tick' });
    expect(bench.clock.alarmsAt).toEqual([]);
  });

  it('is set for what a recovered state has to expire', () => {
    const stage = new Stage().free('a');
    stage.hold('ann', { ttlMs: 5_000 });
    expect(new Bench({}, stage.state).clock.alarmsAt).toEqual([stage.monotonicMs + 5_000]);
  });
});

describe('a registry that slept', () => {
  it('gives everyone one grace when its timer is late', async () => {
    const bench = await new Bench({ lateMs: 1_000 }).free('a', 'b');
    await bench.registry.submit(bench.ask('ann', { ttlMs: 5_000 }));
    await bench.registry.submit(bench.ask('ben', { ttlMs: 6_000 }));
    await bench.clock.sleep(3_600_000);
    expect(bench.holders).toEqual(['ann a', 'ben b']);
    expect(bench.journal.at(-1)?.change).toEqual({ type: 'clock-gap', lateMs: 3_595_000 });
    await bench.clock.pass(6_000);
    expect(bench.holders).toEqual([]);
  });

  it('gives it as well when a command comes in before the timer does', async () => {
    const bench = await new Bench({ lateMs: 1_000 }).free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann', { ttlMs: 5_000 })));
    bench.clock.jump(3_600_000);
    expect(outcomeOf(await bench.registry.submit({ type: 'renew', tokenDigest }))).toBe('renewed');
  });

  it('reaps as ever when the timer is no later than timers are', async () => {
    const bench = await new Bench({ lateMs: 1_000 }).free('a');
    await bench.registry.submit(bench.ask('ann', { ttlMs: 5_000 }));
    await bench.clock.sleep(6_000);
    expect(bench.holders).toEqual([]);
  });
});

describe('a caller that hangs up', () => {
  it('leaves the line at once', async () => {
    const bench = await new Bench().free('a');
    await bench.registry.submit(bench.ask('ann'));
    const ben = new AbortController();
    const reply = bench.registry.acquire(bench.ask('ben', { waitMs: 5_000 }), ben.signal);
    await settled();
    expect(bench.registry.state.waiters.size).toBe(1);
    ben.abort();
    expect(outcomeOf(await reply)).toBe('wait_cancelled');
    await settled();
    expect(bench.registry.state.waiters.size).toBe(0);
  });

  it('before it is heard is not heard', async () => {
    const bench = await new Bench().free('a');
    const reply = await bench.registry.acquire(bench.ask('ann'), AbortSignal.abort());
    expect(outcomeOf(reply)).toBe('wait_cancelled');
    expect(bench.holders).toEqual([]);
  });

  it('takes no grant with it that was being written', async () => {
    const bench = await new Bench().free('a');
    const open = bench.holdUp();
    const ann = new AbortController();
    const reply = bench.registry.acquire(bench.ask('ann'), ann.signal);
    await settled();
    expect(bench.holders).toEqual(['ann a']);
    ann.abort();
    open();
    expect(outcomeOf(await reply)).toBe('wait_cancelled');
    await settled();
    expect(bench.holders).toEqual([]);
    expect(bench.durable.ended.values().map(({ how }) => how)).toEqual(['retracted']);
  });

  it('takes no grant out of the line with it that was being written', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    const ben = new AbortController();
    const reply = bench.registry.acquire(bench.ask('ben', { waitMs: 5_000 }), ben.signal);
    await bench.registry.submit({ type: 'release', tokenDigest });
    const open = bench.holdUp();
    void bench.reset('a');
    await settled();
    expect(bench.holders).toEqual(['ben a']);
    ben.abort();
    open();
    expect(outcomeOf(await reply)).toBe('wait_cancelled');
    await settled();
    expect(bench.holders).toEqual([]);
  });

  it('takes nothing from another who asked the same', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    const command = bench.ask('ben', { waitMs: 5_000 });
    const [gone, stays] = [new AbortController(), new AbortController()];
    const first = bench.registry.acquire(command, gone.signal);
    const second = bench.registry.acquire(command, stays.signal);
    gone.abort();
    expect(outcomeOf(await first)).toBe('wait_cancelled');
    await settled();
    await bench.registry.submit({ type: 'release', tokenDigest });
    await bench.reset('a');
    expect(outcomeOf(await second)).toBe('granted');
    expect(bench.holders).toEqual(['ben a']);
  });

  it('takes nothing from another who has the same grant already, whichever asked first', async () => {
    for (const order of ['gone first', 'gone last']) {
      const bench = await new Bench().free('a');
      const command = bench.ask('ann');
      const gone = new AbortController();
      const open = bench.holdUp();
      const calls =
        order === 'gone first'
          ? [bench.registry.acquire(command, gone.signal), bench.registry.acquire(command)]
          : [bench.registry.acquire(command), bench.registry.acquire(command, gone.signal)];
      await settled();
      gone.abort();
      open();
      const outcomes = (await Promise.all(calls)).map(outcomeOf);
      expect(outcomes.toSorted()).toEqual(['granted', 'wait_cancelled']);
      await settled();
      expect(bench.holders).toEqual(['ann a']);
    }
  });

  it('may come back with the same request and stands in line anew', async () => {
    const bench = await new Bench().free('a');
    const command = bench.ask('ann');
    const open = bench.holdUp();
    const gone = new AbortController();
    const first = bench.registry.acquire(command, gone.signal);
    await settled();
    gone.abort();
    open();
    await first;
    const second = bench.registry.acquire({ ...command, waitMs: 0, leaseId: 'l2', tokenDigest: 'd2' });
    expect(outcomeOf(await second)).toBe('pool_exhausted');
  });

  it('when nobody waits for a grant out of the line it is taken back', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    expect(outcomeOf(await bench.registry.submit(bench.ask('ben', { waitMs: 5_000 })))).toBe('queued');
    await bench.registry.submit({ type: 'release', tokenDigest });
    await bench.reset('a');
    await settled();
    expect(bench.holders).toEqual([]);
  });
});

describe('a journal that cannot be written', () => {
  it('takes back the grants of its batch, and only them', async () => {
    const bench = await new Bench().free('a', 'b', 'c');
    const ann = leaseIn(await bench.registry.submit(bench.ask('ann')));
    const ben = leaseIn(await bench.registry.submit(bench.ask('ben')));
    bench.journalBroken = true;
    const granting = bench.registry.acquire(bench.ask('cat'));
    const releasing = bench.registry.submit({ type: 'release', tokenDigest: ann.tokenDigest });
    await expect(granting).rejects.toBeInstanceOf(JournalUnavailable);
    await expect(releasing).rejects.toMatchObject(nothing);
    await settled();
    expect(bench.holders).toEqual(['ben b']);
    expect(outcomeOf(await bench.registry.submit({ type: 'renew', tokenDigest: ben.tokenDigest }))).toBe(
      'renewed',
    );
  });

  it('refuses every grant until it can be written again', async () => {
    const bench = await new Bench().free('a');
    bench.journalBroken = true;
    await expect(bench.registry.acquire(bench.ask('ann'))).rejects.toMatchObject(nothing);
    await settled();
    const { revision } = bench.registry.state;
    await expect(bench.registry.acquire(bench.ask('ben'))).rejects.toMatchObject(nothing);
    expect(bench.registry.state.revision).toBe(revision);
  });

  it('tells nobody of a grant that is not on disk, not even one who repeats the request', async () => {
    const bench = await new Bench().free('a');
    const command = bench.ask('ann');
    bench.journalBroken = true;
    const both = [bench.registry.acquire(command), bench.registry.acquire(command)];
    for (const reply of both) await expect(reply).rejects.toMatchObject(nothing);
    await settled();
    expect(bench.holders).toEqual([]);
  });

  it('takes back a grant out of the line as well, and a place in line', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    const waiting = bench.registry.acquire(bench.ask('ben', { waitMs: 5_000 }));
    await bench.registry.submit({ type: 'release', tokenDigest });
    bench.journalBroken = true;
    const reset = bench.reset('a');
    const late = bench.registry.acquire(bench.ask('cat', { waitMs: 5_000 }));
    for (const reply of [waiting, reset, late]) await expect(reply).rejects.toMatchObject(nothing);
    await settled();
    expect(bench.holders).toEqual([]);
    expect(bench.registry.state.waiters.size).toBe(0);
  });

  it('has its events written, and their effects carried out, when it works again', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    bench.journalBroken = true;
    bench.effects.length = 0;
    await expect(bench.registry.submit({ type: 'release', tokenDigest })).rejects.toMatchObject(nothing);
    expect(bench.effects).toEqual([]);
    expect(bench.clock.alarmsAt).toHaveLength(1);
    bench.journalBroken = false;
    await bench.clock.pass(1_000);
    expect(bench.effects.map(({ type }) => type)).toEqual(['reset']);
    expect(bench.durable.revision).toBe(bench.registry.state.revision);
    expect(outcomeOf(await bench.registry.submit({ type: 'release', tokenDigest }))).toBe('released');
    expect(bench.journal.map(({ revision }) => revision)).toEqual(bench.journal.map((_, at) => at + 1));
  });

  it('says that a release was not written also when it is repeated', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    bench.journalBroken = true;
    const release = { type: 'release', tokenDigest } as const;
    for (const _ of [1, 2]) await expect(bench.registry.submit(release)).rejects.toMatchObject(nothing);
  });
});

describe('a step that throws', () => {
  const broken = { type: 'acquire' } as never;
  const stopped = { code: 'registry_stopped' };

  it('stops the registry: nothing of its batch is told, written or carried out', async () => {
    const bench = await new Bench().free('a', 'b');
    const ann = leaseIn(await bench.registry.submit(bench.ask('ann')));
    const { length } = bench.journal;
    bench.effects.length = 0;
    const batch = [
      bench.registry.submit({ type: 'release', tokenDigest: ann.tokenDigest }),
      bench.registry.submit(broken),
      bench.registry.submit(bench.ask('ben')),
    ];
    const outcomes = await Promise.allSettled(batch);
    expect(outcomes).toMatchObject(batch.map(() => ({ status: 'rejected', reason: stopped })));
    await settled();
    expect(bench.journal).toHaveLength(length);
    expect(bench.effects).toEqual([]);
  });

  it('is told to its owner, with the cause', async () => {
    const bench = await new Bench().free('a');
    bench.registry.submit(broken).catch(() => undefined);
    const failure = await bench.registry.stopped;
    expect(failure).toBeInstanceOf(RegistryStopped);
    expect(failure.cause).toBeInstanceOf(TypeError);
  });

  it('leaves no snapshot to be taken of half a step', async () => {
    const bench = await new Bench().free('a');
    expect(bench.registry.snapshot().resources).toHaveLength(1);
    await expect(bench.registry.submit(broken)).rejects.toMatchObject(stopped);
    expect(() => bench.registry.snapshot()).toThrow(RegistryStopped);
  });

  it('is the last: callers in the queue are told, no timer is left and no command is taken', async () => {
    const bench = await new Bench().free('a');
    await bench.registry.submit(bench.ask('ann'));
    const waiting = bench.registry.acquire(bench.ask('ben', { waitMs: 5_000 }));
    await settled();
    bench.registry.submit(broken).catch(() => undefined);
    await expect(waiting).rejects.toMatchObject(stopped);
    expect(bench.clock.alarmsAt).toEqual([]);
    await expect(bench.registry.submit({ type: 'tick' })).rejects.toMatchObject(stopped);
    await expect(bench.registry.acquire(bench.ask('cat'))).rejects.toMatchObject(stopped);
  });

  it('takes nothing from what was durable: a registry recovered from the journal goes on', async () => {
    const bench = await new Bench().free('a');
    const { tokenDigest } = leaseIn(await bench.registry.submit(bench.ask('ann')));
    await expect(bench.registry.submit(broken)).rejects.toMatchObject(stopped);
    const next = new Bench({}, bench.durable);
    expect(outcomeOf(await next.registry.submit({ type: 'renew', tokenDigest }))).toBe('renewed');
  });
});
