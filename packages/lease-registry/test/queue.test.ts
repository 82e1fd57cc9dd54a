import { describe, expect, it } from 'vitest';
import { queueOf } from '../src/index.js';
import { outcomeOf, Stage } from './stage.js';

/** A registry whose resources are all leased to `keeper`. */
function busy(...keys: string[]) {
  const stage = new Stage().free(...keys);
  const leases = new Map(keys.map((key) => [key, stage.hold('keeper', { selector: { key } })]));
  /** Releases a resource and has it come back. */
  const back = (key: string): string[] => {
    stage.release(leases.get(key)!);
    stage.reset(key);
    return stage.settled;
  };
  return { stage, back };
}

describe('the line', () => {
  it('serves who came first', () => {
    const { stage, back } = busy('a', 'b');
    const first = stage.wait('ann');
    const second = stage.wait('ben');
    expect(back('b')).toEqual([`${first} granted`]);
    expect(back('a')).toEqual([`${second} granted`]);
  });

  it('never lets a waiter for one resource block a waiter for any', () => {
    const { stage, back } = busy('a', 'b');
    const picky = stage.wait('ann', { selector: { key: 'a' } });
    const easy = stage.wait('ben');
    expect(back('b')).toEqual([`${easy} granted`]);
    expect(back('a')).toEqual([`${picky} granted`]);
  });

  it('serves by order of arrival across kinds of selectors', () => {
    const stage = new Stage();
    stage.add('a', { os: 'ios' });
    const labelled = stage.wait('ann', { selector: { labels: { os: 'ios' } } });
    const keyed = stage.wait('ben', { selector: { key: 'a' } });
    const any = stage.wait('cat');
    const both = stage.wait('dan', { selector: { key: 'a', labels: { os: 'ios' } } });
    const order: string[] = [];
    stage.ready('a');
    for (const _ of [1, 2, 3, 4]) {
      order.push(...stage.settled);
      stage.release(stage.state.leases.get('a')!);
      stage.reset('a');
    }
    expect(order).toEqual([labelled, keyed, any, both].map((id) => `${id} granted`));
  });

  it('tells a waiter its place and an estimate', () => {
    const { stage } = busy('a', 'b');
    stage.wait('ann');
    expect(stage.acquire('ben', { waitMs: 5_000 })).toEqual({
      type: 'queued',
      position: 2,
      estimateMs: 60_000,
    });
    expect(stage.acquire('cat', { waitMs: 5_000 })).toMatchObject({ position: 3, estimateMs: 120_000 });
    expect(stage.acquire('dan')).toMatchObject({
      code: 'pool_exhausted',
      queueLength: 3,
      estimateMs: 120_000,
    });
    const queue = queueOf(stage.state).map(({ waiter, position, estimateMs }) => [
      waiter.scope.holder,
      position,
      estimateMs,
    ]);
    expect(queue).toEqual([
      ['ann', 1, 60_000],
      ['ben', 2, 60_000],
      ['cat', 3, 120_000],
    ]);
  });

  it('times a waiter out at its deadline and not before', () => {
    const { stage } = busy('a');
    const ann = stage.wait('ann', { waitMs: 5_000 });
    stage.pass(4_999).run({ type: 'tick' });
    expect(stage.settled).toEqual([]);
    stage.pass(1).run({ type: 'tick' });
    expect(stage.settled).toEqual([`${ann} wait_timeout`]);
  });

  it('grants nothing to a waiter at or after its deadline', () => {
    const { stage } = busy('a');
    const ann = stage.wait('ann', { waitMs: 5_000 });
    stage.pass(4_000);
    stage.release(stage.state.leases.get('a')!);
    stage.pass(1_000);
    stage.reset('a');
    expect(stage.settled).toEqual([`${ann} wait_timeout`]);
    expect(stage.state.free.size).toBe(1);
  });

  it('fixes the deadline on arrival, whatever the waiter repeats', () => {
    const { stage } = busy('a');
    const command = stage.ask('ann', { waitMs: 5_000 });
    stage.run(command);
    stage.pass(4_000);
    expect(stage.run(command)).toMatchObject({ type: 'queued', position: 1 });
    expect(stage.wakeInMs).toBe(1_000);
    expect(stage.state.waiters.size).toBe(1);
  });

  it('refuses a waiter who repeats its id with other content', () => {
    const { stage } = busy('a');
    const requestId = stage.wait('ann');
    expect(outcomeOf(stage.acquire('ann', { requestId, ttlMs: 1, waitMs: 10_000 }))).toBe('request_conflict');
    expect(stage.state.waiters.size).toBe(1);
  });

  it('lets nobody wait longer than the limit', () => {
    const stage = new Stage({ waitMaxMs: 1_000 });
    stage.add('a');
    stage.wait('ann', { waitMs: Number.POSITIVE_INFINITY });
    expect(stage.wakeInMs).toBe(1_000);
  });

  it('lets a cancelled waiter go and remembers nothing, so that it may stand in line anew', () => {
    const { stage, back } = busy('a');
    const command = stage.ask('ann', { waitMs: 5_000 });
    stage.run(command);
    const ben = stage.wait('ben');
    stage.run({ type: 'cancel', requestId: command.requestId });
    expect(stage.settled).toEqual([`${command.requestId} wait_cancelled`]);
    expect(stage.run(command)).toMatchObject({ type: 'queued', position: 2 });
    expect(back('a')).toEqual([`${ben} granted`]);
  });

  it('ignores the cancellation of nobody', () => {
    const { stage } = busy('a');
    expect(stage.run({ type: 'cancel', requestId: 'nobody' })).toEqual({ type: 'ignored' });
  });

  it('tells those who waited for a resource that it is gone, and leaves the others in line', () => {
    const { stage } = busy('a', 'b');
    const keyed = stage.wait('ann', { selector: { key: 'a' } });
    stage.wait('ben');
    stage.run({ type: 'removed', key: 'a' });
    expect(stage.settled).toEqual([`${keyed} unknown_resource`]);
    expect(stage.state.waiters.size).toBe(1);
  });

  it('remembers how a waiter was settled', () => {
    const { stage, back } = busy('a');
    const command = stage.ask('ann', { waitMs: 5_000 });
    stage.run(command);
    back('a');
    const reply = stage.run(command);
    expect(reply).toMatchObject({ type: 'granted', lease: { id: command.leaseId } });
  });
});

describe('selectors', () => {
  it('match a resource that carries every label, and the key if one is named', () => {
    const stage = new Stage();
    stage.add('a', { os: 'ios', cloud: 'x' });
    stage.ready('a');
    expect(outcomeOf(stage.acquire('ann', { selector: { labels: { os: 'android' } } }))).toBe(
      'unknown_resource',
    );
    expect(outcomeOf(stage.acquire('ann', { selector: { key: 'a', labels: { os: 'android' } } }))).toBe(
      'unknown_resource',
    );
    expect(outcomeOf(stage.acquire('ann', { selector: { key: 'b' } }))).toBe('unknown_resource');
    expect(stage.hold('ann', { selector: { key: 'a', labels: { cloud: 'x', os: 'ios' } } }).key).toBe('a');
  });

  it('choose the resource that was added first among those with the labels', () => {
    const stage = new Stage();
    for (const key of ['c', 'b', 'a']) {
      stage.add(key, { os: key === 'c' ? 'android' : 'ios' });
      stage.ready(key);
    }
    expect(stage.hold('ann', { selector: { labels: { os: 'ios' } } }).key).toBe('b');
  });

  it('with no labels in them are for any', () => {
    const stage = new Stage().free('a');
    expect(stage.hold('ann', { selector: { labels: {} } }).key).toBe('a');
  });

  it('refuse everything while there is nothing', () => {
    expect(outcomeOf(new Stage().acquire('ann', { waitMs: 1_000 }))).toBe('unknown_resource');
  });
});
