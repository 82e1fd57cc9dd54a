import { describe, expect, it } from 'vitest';
import { outcomeOf, Stage } from './stage.js';

describe('a resource', () => {
  it('is started when it is added and offered when it is ready', () => {
    const stage = new Stage();
    stage.add('a');
    expect(stage.effects).toEqual([{ type: 'start', key: 'a', fence: stage.fenceOf('a'), leased: false }]);
    expect(stage.resource('a').state).toBe('starting');
    stage.ready('a');
    expect(stage.resource('a').state).toBe('free');
  });

  it('is added once', () => {
    const stage = new Stage().free('a');
    expect(outcomeOf(stage.run({ type: 'added', key: 'a' }))).toBe('resource_already_added');
  });

  it('ignores completions of an earlier life', () => {
    const stage = new Stage().free('a');
    const stale = stage.fenceOf('a');
    const ann = stage.hold('ann');
    stage.release(ann);
    for (const type of ['ready', 'reset-done'] as const) {
      expect(stage.run({ type, key: 'a', fence: stale })).toEqual({ type: 'ignored' });
    }
    for (const type of ['failed', 'lost', 'reset-failed'] as const) {
      expect(stage.run({ type, key: 'a', fence: stale, error: 'late' })).toEqual({ type: 'ignored' });
      expect(stage.run({ type, key: 'x', fence: stale, error: 'late' })).toEqual({ type: 'ignored' });
    }
    expect(stage.resource('a').state).toBe('resetting');
  });

  it('ignores completions of what it is not doing', () => {
    const stage = new Stage().free('a');
    const fence = stage.fenceOf('a');
    expect(stage.run({ type: 'ready', key: 'a', fence })).toEqual({ type: 'ignored' });
    expect(stage.run({ type: 'reset-done', key: 'a', fence })).toEqual({ type: 'ignored' });
    expect(stage.run({ type: 'failed', key: 'a', fence, error: 'odd' })).toEqual({ type: 'ignored' });
    expect(stage.run({ type: 'reset-failed', key: 'a', fence, error: 'odd' })).toEqual({ type: 'ignored' });
  });

  it('is quarantined when its start or its reset fails, for twice as long each time, and then started anew', () => {
    const stage = new Stage({ quarantineMs: 1_000, quarantineMaxMs: 3_000 });
    stage.add('a');
    for (const pauseMs of [1_000, 2_000, 3_000, 3_000]) {
      stage.run({ type: 'failed', key: 'a', fence: stage.fenceOf('a'), error: 'no' });
      expect(stage.resource('a')).toMatchObject({ state: 'quarantined', lastError: 'no' });
      expect(stage.wakeInMs).toBe(pauseMs);
      stage.pass(pauseMs).run({ type: 'tick' });
      expect(stage.asked).toEqual(['start a']);
    }
  });

  it('counts a start or a reset that takes too long as failed', () => {
    const stage = new Stage({ startMs: 1_000, resetMs: 2_000, quarantineMs: 500 });
    stage.add('a');
    stage.pass(1_000).run({ type: 'tick' });
    expect(stage.resource('a').state).toBe('quarantined');
    stage.pass(500).run({ type: 'tick' });
    stage.ready('a');
    stage.release(stage.hold('ann'));
    stage.pass(2_000).run({ type: 'tick' });
    expect(stage.resource('a')).toMatchObject({ state: 'quarantined', failures: 2 });
  });

  it('that was reset badly is never offered', () => {
    const stage = new Stage().free('a');
    stage.release(stage.hold('ann'));
    stage.run({ type: 'reset-failed', key: 'a', fence: stage.fenceOf('a'), error: 'dirty' });
    expect(outcomeOf(stage.acquire('ben'))).toBe('pool_exhausted');
  });

  it('that is lost while free is started anew under a new fence', () => {
    const stage = new Stage().free('a');
    const before = stage.fenceOf('a');
    stage.lose('a');
    expect(stage.asked).toEqual(['start a']);
    expect(stage.fenceOf('a')).toBeGreaterThan(before);
    expect(outcomeOf(stage.acquire('ann'))).toBe('pool_exhausted');
  });

  it('that is lost under its holder is brought back while the lease stays valid', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    stage.lose('a');
    expect(stage.effects).toEqual([{ type: 'start', key: 'a', fence: ann.fence, leased: true }]);
    expect(stage.resource('a')).toMatchObject({ state: 'leased', recovering: true });
    expect(outcomeOf(stage.renew(ann))).toBe('renewed');
    stage.ready('a');
    expect(stage.resource('a')).toMatchObject({ recovering: false, restartedAt: stage.wallMs });
    expect(outcomeOf(stage.renew(ann))).toBe('renewed');
  });

  it('that is lost again and again costs its holder the lease and is quarantined', () => {
    const stage = new Stage({ failuresMax: 3 }).free('a');
    const ann = stage.hold('ann');
    for (const _ of [1, 2]) {
      stage.lose('a');
      stage.ready('a');
    }
    stage.lose('a');
    expect(stage.resource('a')).toMatchObject({ state: 'quarantined', failures: 3 });
    expect(stage.renew(ann)).toMatchObject({ ended: { how: 'resource_lost' } });
  });

  it('that was ended on purpose has not failed, however often', () => {
    const stage = new Stage({ failuresMax: 2 }).free('a');
    const ann = stage.hold('ann');
    for (const _ of [1, 2, 3, 4]) {
      stage.run({ type: 'lost', key: 'a', fence: ann.fence, error: 'closed', isOrderly: true });
      expect(stage.resource('a')).toMatchObject({ state: 'leased', recovering: true, failures: 0 });
      stage.ready('a');
    }
    expect(outcomeOf(stage.renew(ann))).toBe('renewed');
  });

  it('that was reset has not failed any more', () => {
    const stage = new Stage({ failuresMax: 3 }).free('a');
    for (const _ of [1, 2, 3, 4]) {
      const ann = stage.hold('ann');
      stage.lose('a');
      stage.ready('a');
      stage.release(ann);
      stage.run({ type: 'reset-done', key: 'a', fence: stage.fenceOf('a') });
      expect(stage.resource('a')).toMatchObject({ state: 'free', failures: 0 });
    }
  });

  it('that was up for long counts its failures anew', () => {
    const stage = new Stage({ stableMs: 10_000 }).free('a');
    stage.lose('a');
    stage.ready('a');
    stage.lose('a');
    expect(stage.resource('a').failures).toBe(2);
    stage.ready('a');
    stage.pass(10_000);
    stage.lose('a');
    expect(stage.resource('a').failures).toBe(1);
  });

  it('that cannot be brought back under its holder in time counts as failed again', () => {
    const stage = new Stage({ startMs: 1_000, failuresMax: 2 }).free('a');
    stage.hold('ann', { ttlMs: 50_000 });
    stage.lose('a');
    stage.pass(1_000).run({ type: 'tick' });
    expect(stage.resource('a').state).toBe('quarantined');
    expect(stage.holders).toEqual({});
  });

  it('that is lost twice is lost once', () => {
    const stage = new Stage().free('a');
    stage.hold('ann');
    stage.lose('a');
    expect(stage.lose('a')).toEqual({ type: 'ignored' });
  });
});

describe('drain', () => {
  it('lets the holder finish and the reset be done, and then removes', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    stage.run({ type: 'drain', key: 'a' });
    expect(outcomeOf(stage.renew(ann))).toBe('renewed');
    stage.release(ann);
    expect(stage.asked).toEqual(['reset a']);
    stage.reset('a');
    expect(stage.asked).toEqual(['dispose a']);
    expect(stage.state.resources.size).toBe(0);
  });

  it('removes at once what nobody holds', () => {
    const stage = new Stage().free('a');
    stage.add('b');
    for (const key of ['a', 'b']) {
      stage.run({ type: 'drain', key });
      expect(stage.asked).toEqual([`dispose ${key}`]);
    }
    expect(stage.state.free.size).toBe(0);
    expect(outcomeOf(stage.run({ type: 'drain', key: 'a' }))).toBe('unknown_resource');
  });

  it('is said once', () => {
    const stage = new Stage().free('a');
    stage.hold('ann');
    stage.run({ type: 'drain', key: 'a' });
    const { revision } = stage.state;
    stage.run({ type: 'drain', key: 'a' });
    expect(stage.state.revision).toBe(revision);
  });

  it('removes a resource whose last reset fails', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    stage.run({ type: 'drain', key: 'a' });
    stage.release(ann);
    stage.run({ type: 'reset-failed', key: 'a', fence: stage.fenceOf('a'), error: 'no' });
    expect(stage.state.resources.size).toBe(0);
  });
});

describe('removed', () => {
  it('ends the lease with the resource', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    stage.run({ type: 'removed', key: 'a' });
    expect(stage.asked).toEqual(['dispose a']);
    expect(stage.renew(ann)).toMatchObject({ ended: { how: 'revoked' } });
    expect(outcomeOf(stage.run({ type: 'removed', key: 'a' }))).toBe('unknown_resource');
  });
});
