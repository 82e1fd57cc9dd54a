import { describe, expect, it } from 'vitest';
import { leaseIn, outcomeOf, Stage } from './stage.js';

describe('renew', () => {
  it('moves the deadline to a full TTL from now', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { ttlMs: 5_000 });
    stage.pass(3_000);
    const renewed = leaseIn(stage.renew(ann));
    expect(renewed.deadlineMs).toBe(stage.monotonicMs + 5_000);
    expect(renewed).toMatchObject({
      renewedAt: stage.wallMs,
      expiresAt: stage.wallMs + 5_000,
      fence: ann.fence,
    });
    expect(stage.state.leases.get('a')).toEqual(renewed);
  });

  it('never shortens: a clock that reads the past changes nothing', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { ttlMs: 5_000 });
    stage.pass(-500);
    expect(leaseIn(stage.renew(ann)).deadlineMs).toBe(ann.deadlineMs);
  });

  it('comes too late at the very instant of the deadline', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { ttlMs: 5_000 });
    const at = stage.wallMs + 5_000;
    stage.pass(5_000);
    expect(stage.renew(ann)).toEqual({
      type: 'refused',
      code: 'lease_ended',
      ended: { how: 'expired', endedAt: at },
    });
    expect(stage.state.leases.size).toBe(0);
  });

  it('holds a moment before the deadline', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { ttlMs: 5_000 });
    expect(outcomeOf(stage.pass(4_999).renew(ann))).toBe('renewed');
  });

  it('knows a token that was never given from one that has ended', () => {
    const stage = new Stage().free('a');
    expect(outcomeOf(stage.renew({ tokenDigest: 'never' }))).toBe('unknown_lease');
  });

  it('keeps an offer open', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    stage.offer(ann, 'ben');
    expect(leaseIn(stage.renew(ann)).offer).toMatchObject({ to: 'ben' });
  });

  it('writes nothing, because a recovery gives every lease a fresh TTL', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    const { revision } = stage.state;
    stage.renew(ann);
    expect(stage.state.revision).toBe(revision);
  });

  it('may change the TTL, which then also holds for later renewals and after a restart', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { ttlMs: 5_000 });
    expect(leaseIn(stage.renew(ann, { ttlMs: 90_000 })).deadlineMs).toBe(stage.monotonicMs + 90_000);
    stage.pass(60_000);
    expect(leaseIn(stage.renew(ann)).deadlineMs).toBe(stage.monotonicMs + 90_000);
    expect(stage.restart().wakeInMs).toBe(90_000);
  });

  it('with a shorter TTL leaves the deadline as late as it was', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { ttlMs: 5_000 });
    expect(leaseIn(stage.renew(ann, { ttlMs: 1_000 }))).toMatchObject({
      ttlMs: 1_000,
      deadlineMs: ann.deadlineMs,
    });
    stage.pass(4_500);
    expect(leaseIn(stage.renew(ann)).deadlineMs).toBe(stage.monotonicMs + 1_000);
  });

  it('with a TTL stays within the limit, and records one that is not new no second time', () => {
    const stage = new Stage({ ttlMaxMs: 10_000 }).free('a');
    const ann = stage.hold('ann');
    expect(leaseIn(stage.renew(ann, { ttlMs: 20_000 })).ttlMs).toBe(10_000);
    const { revision } = stage.state;
    stage.renew(ann, { ttlMs: 20_000 });
    expect(stage.state.revision).toBe(revision);
    expect(stage.renew(ann, { ttlMs: 0 })).toMatchObject({ code: 'bad_request', subject: 'ttl' });
  });
});

describe('release', () => {
  it('ends the lease and has the resource reset before anybody else gets it', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    expect(stage.release(ann)).toMatchObject({
      type: 'released',
      ended: { key: 'a', holder: 'ann', how: 'released', endedAt: stage.wallMs },
    });
    expect(stage.asked).toEqual(['reset a']);
    expect(outcomeOf(stage.acquire('ben'))).toBe('pool_exhausted');
    stage.reset('a');
    expect(stage.hold('ben').key).toBe('a');
  });

  it('says the same when it is repeated, and touches no newer lease', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    const first = stage.release(ann);
    stage.reset('a');
    stage.hold('ben');
    stage.pass(100);
    expect(stage.release(ann)).toEqual(first);
    expect(stage.holders).toEqual({ a: 'ben' });
    expect(stage.effects).toEqual([]);
  });

  it('tells a holder whose lease had already ended how it did', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    stage.run({ type: 'revoke', key: 'a' });
    expect(stage.release(ann)).toMatchObject({ code: 'lease_ended', ended: { how: 'revoked' } });
  });
});

describe('revoke', () => {
  it('ends the lease of whoever holds the resource, who learns it at the next renewal', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    expect(stage.run({ type: 'revoke', key: 'a' })).toMatchObject({
      type: 'released',
      ended: { how: 'revoked' },
    });
    expect(stage.asked).toEqual(['reset a']);
    expect(stage.renew(ann)).toMatchObject({ code: 'lease_ended', ended: { how: 'revoked' } });
  });

  it('refuses what is not there and what nobody holds', () => {
    const stage = new Stage().free('a');
    expect(outcomeOf(stage.run({ type: 'revoke', key: 'x' }))).toBe('unknown_resource');
    expect(outcomeOf(stage.run({ type: 'revoke', key: 'a' }))).toBe('resource_not_leased');
  });
});

describe('retract', () => {
  it('takes back a grant and forgets the answer, so that the same request is asked anew', () => {
    const stage = new Stage().free('a', 'b');
    const command = stage.ask('ann');
    const { tokenDigest } = leaseIn(stage.run(command));
    stage.run({ type: 'retract', tokenDigest, requestId: command.requestId });
    expect(stage.asked).toEqual(['reset a']);
    const again = leaseIn(stage.run({ ...command, leaseId: 'l2', tokenDigest: 'd2' }));
    expect(again).toMatchObject({ key: 'b', id: 'l2' });
  });

  it('ignores what has already ended', () => {
    const stage = new Stage().free('a');
    const { tokenDigest } = stage.hold('ann');
    stage.release({ tokenDigest });
    expect(stage.run({ type: 'retract', tokenDigest })).toEqual({ type: 'ignored' });
  });
});

describe('expiry', () => {
  it('ends a lease at its deadline without anybody asking', () => {
    const stage = new Stage().free('a');
    stage.hold('ann', { ttlMs: 5_000 });
    expect(stage.wakeInMs).toBe(5_000);
    stage.pass(4_999).run({ type: 'tick' });
    expect(stage.holders).toEqual({ a: 'ann' });
    stage.pass(1).run({ type: 'tick' });
    expect(stage.holders).toEqual({});
    expect(stage.asked).toEqual(['reset a']);
  });

  it('comes before whatever command brought the time', () => {
    const stage = new Stage().free('a');
    stage.hold('ann', { ttlMs: 5_000 });
    expect(outcomeOf(stage.pass(5_000).acquire('ben'))).toBe('pool_exhausted');
    expect(stage.resource('a').state).toBe('resetting');
  });

  it('does not look at the wall clock', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { ttlMs: 5_000 });
    stage.wallMs += 1e12;
    expect(outcomeOf(stage.renew(ann))).toBe('renewed');
    stage.wallMs -= 2e12;
    stage.pass(4_999);
    expect(outcomeOf(stage.renew(ann))).toBe('renewed');
  });

  it('gives the least of all deadlines as the next wake, and none when nothing can expire', () => {
    const stage = new Stage({ startMs: 9_000 });
    expect(stage.wakeInMs).toBe(Infinity);
    stage.add('a');
    expect(stage.wakeInMs).toBe(9_000);
    stage.ready('a');
    expect(stage.wakeInMs).toBe(Infinity);
    const ann = stage.hold('ann', { ttlMs: 8_000 });
    stage.wait('ben', { waitMs: 7_000 });
    expect(stage.wakeInMs).toBe(7_000);
    stage.offer(ann, 'cat', { ttlMs: 6_000 });
    expect(stage.wakeInMs).toBe(6_000);
  });
});

describe('the expiry of many at once', () => {
  it('ends all that are due in the order of their grants, and leaves the others with their deadlines', () => {
    const keys = Array.from({ length: 200 }, (_, at) => `r${at}`);
    const stage = new Stage({ resetMs: 50_000 }).free(...keys);
    const leases = keys.map((_, at) => stage.hold('ann', { ttlMs: at % 4 === 0 ? 9_000 : 5_000 }));
    stage.pass(5_000).run({ type: 'tick' });
    expect(stage.asked).toEqual(keys.filter((_, at) => at % 4 !== 0).map((key) => `reset ${key}`));
    expect(stage.wakeInMs).toBe(4_000);
    stage.renew(leases[0]!);
    stage.pass(4_000).run({ type: 'tick' });
    expect(stage.holders).toEqual({ r0: 'ann' });
    expect(stage.wakeInMs).toBe(5_000);
  });

  it('times all waiters out that are due, and leaves the others in the queue', () => {
    const stage = new Stage().free('a');
    stage.hold('keeper', { ttlMs: 60_000 });
    const waits = Array.from({ length: 200 }, (_, at) =>
      stage.wait('ann', { waitMs: at % 4 === 0 ? 9_000 : 5_000 }),
    );
    stage.pass(5_000).run({ type: 'tick' });
    expect(stage.settled).toEqual(waits.filter((_, at) => at % 4 !== 0).map((id) => `${id} wait_timeout`));
    expect(stage.wakeInMs).toBe(4_000);
  });
});
