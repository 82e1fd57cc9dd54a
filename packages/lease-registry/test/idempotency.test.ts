import { describe, expect, it } from 'vitest';
import { recover, snapshotOf } from '../src/index.js';
import { leaseIn, outcomeOf, Stage } from './stage.js';

describe('a repeated request', () => {
  it('gets the identical reply, also when that was a refusal and things have changed', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    const command = stage.ask('ben');
    const refused = stage.run(command);
    stage.release(ann);
    stage.reset('a');
    expect(stage.run(command)).toEqual(refused);
    expect(stage.state.free.size).toBe(1);
  });

  it('is the same however long it would wait', () => {
    const stage = new Stage().free('a', 'b');
    const command = stage.ask('ann');
    const reply = stage.run(command);
    expect(stage.run({ ...command, waitMs: 1 })).toEqual(reply);
  });

  it('is a conflict when it asks for something else', () => {
    const stage = new Stage().free('a', 'b');
    const command = stage.ask('ann');
    stage.run(command);
    for (const other of [
      { ...command, scope: { holder: 'ben' } },
      { ...command, selector: { key: 'b' } },
      { ...command, ttlMs: 1 },
      { ...command, attributes: { a: 1 } },
    ]) {
      expect(stage.run(other)).toEqual({ type: 'refused', code: 'request_conflict', subject: 'request_id' });
    }
    expect(stage.state.leases.size).toBe(1);
  });

  it('is the same however long it is ready to wait', () => {
    const stage = new Stage().free('a');
    const command = stage.ask('ann', { waitMs: 0 });
    const first = stage.run(command);
    expect(stage.run({ ...command, waitMs: 9_000 })).toEqual(first);
    const queued = stage.ask('ben', { waitMs: 5_000 });
    stage.run(queued);
    expect(outcomeOf(stage.run({ ...queued, waitMs: 50_000 }))).toBe('queued');
    expect(stage.wakeInMs).toBe(5_000);
  });

  it('is the same whatever the order of names in what it asks', () => {
    const stage = new Stage();
    stage.add('a', { x: '1', y: '2' });
    stage.ready('a');
    const command = stage.ask('ann', { selector: { labels: { x: '1', y: '2' } } });
    stage.run(command);
    expect(outcomeOf(stage.run({ ...command, selector: { labels: { y: '2', x: '1' } } }))).toBe('granted');
  });

  it('renews once', () => {
    const stage = new Stage().free('a');
    const { tokenDigest } = stage.hold('ann', { ttlMs: 5_000 });
    const command = { type: 'renew', tokenDigest, requestId: 'again' } as const;
    const first = stage.run(command);
    stage.pass(3_000);
    expect(stage.run(command)).toEqual(first);
    expect(stage.wakeInMs).toBe(2_000);
  });

  it('releases once, and offers and accepts once', () => {
    const stage = new Stage().free('a');
    const { tokenDigest } = stage.hold('ann');
    const offer = { type: 'offer', tokenDigest, to: 'ben', codeDigest: 'c1', requestId: 'r1' } as const;
    const offered = stage.run(offer);
    expect(stage.run({ ...offer, codeDigest: 'c2' })).toEqual(offered);
    const { requestId, leaseId, tokenDigest: bens, scope } = stage.ask('ben');
    const accept = {
      type: 'accept',
      requestId,
      leaseId,
      tokenDigest: bens,
      scope,
      codeDigest: 'c1',
    } as const;
    const accepted = stage.run(accept);
    expect(leaseIn(accepted).id).toBe(leaseId);
    expect(stage.run({ ...accept, leaseId: 'x', tokenDigest: 'x' })).toEqual(accepted);
    expect(outcomeOf(stage.run({ ...accept, attributes: { a: 1 } }))).toBe('request_conflict');
    const release = { type: 'release', tokenDigest: bens, requestId: 'r2' } as const;
    const released = stage.run(release);
    expect(stage.run(release)).toEqual(released);
    expect(outcomeOf(stage.run({ type: 'renew', tokenDigest: bens, requestId: 'r2' }))).toBe(
      'request_conflict',
    );
  });

  it('is not remembered when nobody can repeat it', () => {
    const stage = new Stage().free('a');
    stage.acquire('ann', { anonymous: true });
    stage.acquire('ben', { anonymous: true });
    expect(stage.events.map(({ change }) => change.type)).not.toContain('request-answered');
  });

  it('that nobody remembers gets no second lease under the token of the first', () => {
    const stage = new Stage().free('a', 'b');
    const command = stage.ask('ann', { anonymous: true });
    const { tokenDigest } = leaseIn(stage.run(command));
    expect(stage.run(command)).toMatchObject({ code: 'request_conflict', subject: 'token' });
    stage.release({ tokenDigest });
    expect(stage.run(command)).toMatchObject({ code: 'request_conflict', subject: 'token' });
    expect(stage.state.leases.size).toBe(0);
  });

  it('that was a conflict is not remembered: under a token of its own the request is granted', () => {
    const stage = new Stage().free('a', 'b');
    const { tokenDigest } = stage.hold('ann');
    const command = stage.ask('ann');
    expect(outcomeOf(stage.run({ ...command, tokenDigest }))).toBe('request_conflict');
    expect(outcomeOf(stage.run(command))).toBe('granted');
  });

  it('is remembered for as long as the memory is deep, which is bounded', () => {
    const stage = new Stage({ memory: 4 }).free('a');
    const first = stage.ask('ann', { selector: { key: 'x' } });
    stage.run(first);
    for (let count = 0; count < 3; count++) stage.acquire('ann', { selector: { key: 'x' } });
    const { revision } = stage.state;
    stage.run(first);
    expect(stage.state.revision).toBe(revision);
    for (let count = 0; count < 100; count++) stage.acquire('ann', { selector: { key: 'x' } });
    expect(stage.state.answers.size).toBeLessThanOrEqual(8);
    stage.run(first);
    expect(stage.state.revision).toBeGreaterThan(revision + 100);
  });
});

describe('a repeated request whose lease has ended', () => {
  const again = (stage: Stage) => recover(stage.state.limits, snapshotOf(stage.state), [], stage.now);

  it.each(['before', 'after'])('is told how and when it ended, %s a restart', (when) => {
    const stage = new Stage().free('a');
    const acquire = stage.ask('ann');
    const { tokenDigest } = leaseIn(stage.run(acquire));
    const renew = { type: 'renew', tokenDigest, requestId: 'r1' } as const;
    const offer = { type: 'offer', tokenDigest, to: 'ben', codeDigest: 'c', requestId: 'r2' } as const;
    stage.run(renew);
    stage.run(offer);
    stage.pass(500).run({ type: 'revoke', key: 'a' });
    const endedAt = stage.wallMs;
    stage.reset('a');
    stage.hold('next');
    if (when === 'after') stage.state = again(stage.pass(1_000));
    for (const command of [acquire, { ...acquire, leaseId: 'x', tokenDigest: 'x' }, renew, offer]) {
      expect(stage.run(command)).toEqual({
        type: 'refused',
        code: 'lease_ended',
        ended: { how: 'revoked', endedAt },
      });
    }
    expect(outcomeOf(stage.run({ ...acquire, ttlMs: 1 }))).toBe('request_conflict');
  });

  it('is told so even when how is forgotten', () => {
    const stage = new Stage({ endedBytes: 400 }).free('a');
    const acquire = stage.ask('ann');
    stage.release(leaseIn(stage.run(acquire)));
    for (let count = 0; count < 10; count++) {
      stage.reset('a');
      stage.release(stage.hold('ben', { anonymous: true }));
    }
    expect(stage.run(acquire)).toEqual({ type: 'refused', code: 'lease_ended' });
  });
});

describe('the memory of ended leases', () => {
  it('is bounded: the oldest become unknown', () => {
    const stage = new Stage({ memory: 4 }).free('a');
    const first = stage.hold('ann');
    stage.release(first);
    stage.reset('a');
    for (let count = 0; count < 20; count++) {
      stage.release(stage.hold('ann'));
      stage.reset('a');
    }
    expect(outcomeOf(stage.renew(first))).toBe('unknown_lease');
    expect(stage.state.ended.size).toBeLessThanOrEqual(8);
  });
});
