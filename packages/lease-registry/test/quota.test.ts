import { describe, expect, it } from 'vitest';
import { outcomeOf, Stage } from './stage.js';

describe('a quota', () => {
  it('bounds what one holder has, leases and places in line together', () => {
    const stage = new Stage({ perHolder: 2 }).free('a', 'b');
    const ann = stage.hold('ann');
    stage.hold('ben');
    stage.wait('ann');
    expect(stage.acquire('ann', { waitMs: 1_000 })).toMatchObject({
      code: 'quota_exceeded',
      subject: 'holder',
    });
    stage.release(ann);
    expect(outcomeOf(stage.acquire('ann', { waitMs: 1_000 }))).toBe('queued');
  });

  it('bounds what all holders of a tenant have', () => {
    const stage = new Stage({ perTenant: 2 }).free('a', 'b', 'c');
    stage.hold('ann', { tenant: 'team' });
    stage.hold('ben', { tenant: 'team' });
    expect(stage.acquire('cat', { tenant: 'team' })).toMatchObject({
      code: 'quota_exceeded',
      subject: 'tenant',
    });
    expect(outcomeOf(stage.acquire('cat'))).toBe('granted');
  });

  it('takes holders of one name in two tenants for two', () => {
    const stage = new Stage({ perHolder: 1 }).free('a', 'b');
    stage.hold('ann', { tenant: 'x' });
    expect(outcomeOf(stage.acquire('ann', { tenant: 'y' }))).toBe('granted');
  });

  it('is given back however a lease or a wait ends', () => {
    const stage = new Stage({ perHolder: 1 }).free('a');
    stage.hold('ann', { ttlMs: 1_000 });
    stage.pass(1_000).run({ type: 'tick' });
    stage.reset('a');
    stage.hold('ann');
    stage.run({ type: 'revoke', key: 'a' });
    const waiting = stage.wait('ann');
    stage.run({ type: 'cancel', requestId: waiting });
    stage.wait('ann', { waitMs: 100 });
    stage.pass(100);
    stage.reset('a');
    expect(outcomeOf(stage.acquire('ann'))).toBe('granted');
    expect(stage.state.holdings.size).toBe(1);
  });

  it('is never exceeded by a grant out of the line', () => {
    const stage = new Stage({ perHolder: 1 }).free('a');
    const ben = stage.hold('ben');
    stage.wait('ann');
    stage.release(ben);
    stage.reset('a');
    expect(stage.holders).toEqual({ a: 'ann' });
    expect(outcomeOf(stage.acquire('ann'))).toBe('quota_exceeded');
  });

  it('counts nothing when none is in force', () => {
    const stage = new Stage().free('a');
    stage.hold('ann', { tenant: 'team' });
    expect(stage.state.holdings.size).toBe(0);
  });
});
