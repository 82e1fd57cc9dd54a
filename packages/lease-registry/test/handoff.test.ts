import { describe, expect, it } from 'vitest';
import { leaseIn, outcomeOf, Stage } from './stage.js';

function offered(limits = {}) {
  const stage = new Stage(limits).free('a');
  const ann = stage.hold('ann', { ttlMs: 50_000, attributes: { port: 1 } });
  expect(outcomeOf(stage.offer(ann, 'ben', { ttlMs: 5_000 }))).toBe('offered');
  return { stage, ann };
}

describe('handoff', () => {
  it('gives the same resource, unreset, under a new lease, token and fence', () => {
    const { stage, ann } = offered();
    const ben = leaseIn(stage.accept('ben'));
    expect(stage.effects).toEqual([]);
    expect(ben).toMatchObject({ key: 'a', ttlMs: 50_000, attributes: { port: 1 }, offer: undefined });
    expect(ben.fence).toBeGreaterThan(ann.fence);
    expect(ben.id).not.toBe(ann.id);
    expect(stage.renew(ann)).toMatchObject({ code: 'lease_ended', ended: { how: 'handed_over' } });
    expect(outcomeOf(stage.renew(ben))).toBe('renewed');
  });

  it('keeps the attributes that are facts of the resource, and those alone, also when it is repeated', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { attributes: { port: 1, window: true } });
    stage.offer(ann, 'ben');
    const wish = { attributes: { port: 2 }, keeps: ['window', 'screen'] };
    const ben = leaseIn(stage.accept('ben', { requestId: 'again', ...wish }));
    expect(ben.attributes).toEqual({ port: 2, window: true });
    expect(leaseIn(stage.accept('ben', { requestId: 'again', ...wish })).id).toBe(ben.id);
  });

  it('leaves the resource with the offerer until it is accepted', () => {
    const { stage, ann } = offered();
    expect(outcomeOf(stage.renew(ann))).toBe('renewed');
    expect(stage.holders).toEqual({ a: 'ann' });
  });

  it('is for the one it was made to', () => {
    const { stage } = offered();
    expect(outcomeOf(stage.accept('cat'))).toBe('handoff_not_for_you');
    expect(stage.holders).toEqual({ a: 'ann' });
  });

  it('works once', () => {
    const { stage } = offered();
    stage.accept('ben');
    expect(outcomeOf(stage.accept('ben'))).toBe('unknown_handoff');
  });

  it('changes nothing when its time is over, at the very instant', () => {
    const { stage, ann } = offered();
    stage.pass(5_000);
    expect(outcomeOf(stage.accept('ben'))).toBe('unknown_handoff');
    expect(stage.state.leases.get('a')).toEqual(ann);
  });

  it('ends with the lease it is made on', () => {
    const { stage, ann } = offered();
    stage.release(ann);
    expect(outcomeOf(stage.accept('ben'))).toBe('unknown_handoff');
  });

  it('is replaced by a later offer', () => {
    const { stage, ann } = offered();
    stage.offer(ann, 'cat', { code: 'second' });
    expect(outcomeOf(stage.accept('ben'))).toBe('unknown_handoff');
    expect(outcomeOf(stage.accept('cat', { code: 'second' }))).toBe('granted');
  });

  it('takes another TTL when the accepter names one', () => {
    const { stage } = offered();
    expect(leaseIn(stage.accept('ben', { ttlMs: 7_000 })).ttlMs).toBe(7_000);
  });

  it('is refused to one who is over quota', () => {
    const { stage } = offered({ perHolder: 1 });
    stage.free('b');
    stage.hold('ben');
    expect(stage.accept('ben')).toMatchObject({ code: 'quota_exceeded', subject: 'holder' });
  });

  it('needs no room in a quota that giver and taker share', () => {
    const stage = new Stage({ perTenant: 1 }).free('a');
    const ann = stage.hold('ann', { tenant: 'team' });
    stage.offer(ann, 'ben');
    expect(outcomeOf(stage.accept('ben', { tenant: 'team' }))).toBe('granted');
  });

  it('to oneself needs no room in one’s own quota', () => {
    const stage = new Stage({ perHolder: 1 }).free('a');
    stage.offer(stage.hold('ann'), 'ann');
    expect(outcomeOf(stage.accept('ann'))).toBe('granted');
  });

  it('is not offered by a lease that has ended', () => {
    const { stage, ann } = offered();
    stage.release(ann);
    expect(outcomeOf(stage.offer(ann, 'ben'))).toBe('lease_ended');
  });

  it('refuses what makes no sense', () => {
    const { stage, ann } = offered();
    expect(stage.offer(ann, '')).toMatchObject({ code: 'bad_request', subject: 'to' });
    expect(stage.offer(ann, 'ben', { ttlMs: Number.NaN })).toMatchObject({
      code: 'bad_request',
      subject: 'ttl',
    });
    expect(stage.accept('')).toMatchObject({ code: 'bad_request', subject: 'holder' });
    expect(stage.accept('ben', { ttlMs: -1 })).toMatchObject({ code: 'bad_request', subject: 'ttl' });
    expect(stage.holders).toEqual({ a: 'ann' });
  });
});
