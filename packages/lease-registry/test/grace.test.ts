import { describe, expect, it } from 'vitest';
import { outcomeOf, Stage } from './stage.js';

const gap = { type: 'gap', lateMs: 60_000 } as const;

describe('a sleep', () => {
  it('gives every lease one full TTL from the moment of waking, however late that is', () => {
    const stage = new Stage().free('a', 'b');
    stage.hold('ann', { ttlMs: 5_000 });
    stage.hold('ben', { ttlMs: 9_000 });
    stage.pass(60_000).run(gap);
    expect(stage.holders).toEqual({ a: 'ann', b: 'ben' });
    expect([...stage.state.leases.values()].map(({ deadlineMs }) => deadlineMs - stage.monotonicMs)).toEqual([
      5_000, 9_000,
    ]);
  });

  it('costs a lease at most one grace between renewals', () => {
    const stage = new Stage().free('a');
    stage.hold('ann', { ttlMs: 5_000 });
    stage.pass(60_000).run(gap);
    stage.pass(60_000).run(gap);
    expect(stage.holders).toEqual({});
  });

  it('may be graced again after a renewal', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { ttlMs: 5_000 });
    stage.pass(60_000).run(gap);
    expect(outcomeOf(stage.renew(ann))).toBe('renewed');
    stage.pass(60_000).run(gap);
    expect(stage.holders).toEqual({ a: 'ann' });
  });

  it('leaves the deadlines of waiters and of offers alone', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { ttlMs: 50_000 });
    stage.offer(ann, 'ben', { ttlMs: 4_000 });
    const cat = stage.wait('cat', { waitMs: 5_000 });
    stage.pass(60_000).run(gap);
    expect(stage.settled).toEqual([`${cat} wait_timeout`]);
    expect(stage.state.leases.get('a')?.offer).toBeUndefined();
  });

  it('gives a reset or a start its time again, and simply ends a quarantine', () => {
    const stage = new Stage({ startMs: 3_000, resetMs: 2_000, quarantineMs: 500 }).free('a');
    stage.release(stage.hold('ann'));
    stage.add('b');
    stage.add('c');
    stage.run({ type: 'failed', key: 'c', fence: stage.fenceOf('c'), error: 'no' });
    stage.pass(60_000).run(gap);
    expect(stage.resource('a')).toMatchObject({ state: 'resetting', exitAtMs: stage.monotonicMs + 2_000 });
    expect(stage.resource('b')).toMatchObject({ state: 'starting', exitAtMs: stage.monotonicMs + 3_000 });
    expect(stage.resource('c').state).toBe('starting');
    expect(stage.asked).toEqual(['start c']);
  });

  it('does not touch a lease that has longer to go than a grace would give', () => {
    const stage = new Stage().free('a');
    const { deadlineMs } = stage.hold('ann', { ttlMs: 5_000 });
    stage.run(gap);
    expect(stage.state.leases.get('a')).toMatchObject({ deadlineMs, graced: false });
  });
});
