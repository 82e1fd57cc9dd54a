import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../src/index.js';
import { queueOf, recover, snapshotOf, unfinished } from '../src/index.js';
import { leaseIn, outcomeOf, Stage } from './stage.js';

/** The stage after a crash and a restart; the journal has been through a file. */
function restarted(stage: Stage, { since = 0, snapshot = undefined as Snapshot | undefined } = {}): Stage {
  const next = new Stage();
  const events = JSON.parse(JSON.stringify(stage.events.slice(since)));
  next.monotonicMs = 7;
  next.wallMs = stage.wallMs;
  next.made = stage.made;
  next.state = recover(
    stage.state.limits,
    snapshot && JSON.parse(JSON.stringify(snapshot)),
    events,
    next.now,
  );
  return next;
}

function lively(): Stage {
  const stage = new Stage({ perHolder: 5, perTenant: 9 }).free('a', 'b', 'c', 'd');
  stage.add('e', { os: 'ios' });
  const ann = stage.hold('ann', { tenant: 'team', ttlMs: 5_000, attributes: { port: 1 } });
  stage.offer(stage.hold('ben', { ttlMs: 9_000 }), 'cat', { ttlMs: 4_000 });
  stage.release(stage.hold('dan'));
  stage.lose('d');
  stage.run({ type: 'failed', key: 'd', fence: stage.fenceOf('d'), error: 'no' });
  stage.run({ type: 'drain', key: 'a' });
  stage.wait('eve', { waitMs: 8_000 });
  stage.wait('fay', { waitMs: 8_000, selector: { labels: { os: 'ios' } } });
  stage.renew(ann);
  return stage;
}

/** What of a state stands in a journal, through JSON, which drops what is undefined. */
function durable(stage: Stage): unknown {
  return JSON.parse(JSON.stringify(snapshotOf(stage.state)));
}

describe('recovery', () => {
  it('gives the state again from the events', () => {
    const stage = lively();
    const { leases, ...rest } = durable(restarted(stage)) as Snapshot;
    const { leases: before, ...restBefore } = durable(stage) as Snapshot;
    expect(rest).toEqual(restBefore);
    expect(leases.map(({ id, fence }) => [id, fence])).toEqual(before.map(({ id, fence }) => [id, fence]));
  });

  it('begins a new row of losses, so that one after a restart does not end the lease', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    for (const _ of [1, 2]) {
      stage.lose('a');
      stage.ready('a');
    }
    const next = restarted(stage);
    next.lose('a');
    expect(next.resource('a')).toMatchObject({ state: 'leased', failures: 1 });
    expect(outcomeOf(next.renew(ann))).toBe('renewed');
  });

  it('tries a quarantined resource again after the first pause', () => {
    const stage = new Stage({ quarantineMs: 500, quarantineMaxMs: 60_000 });
    stage.add('a');
    for (let failure = 0; failure < 6; failure++) {
      stage.run({ type: 'failed', key: 'a', fence: stage.fenceOf('a'), error: 'no' });
      if (failure < 5) stage.pass(60_000).run({ type: 'tick' });
    }
    const next = restarted(stage);
    next.pass(500).run({ type: 'tick' });
    expect(next.resource('a').state).toBe('starting');
  });

  it('gives the same from a snapshot and the events after it, wherever the snapshot was taken', () => {
    const stage = lively();
    const whole = durable(restarted(stage));
    for (let since = 0; since <= stage.events.length; since++) {
      const early = new Stage();
      early.state = recover(stage.state.limits, undefined, stage.events.slice(0, since), stage.now);
      const snapshot = snapshotOf(early.state);
      expect(durable(restarted(stage, { snapshot, since }))).toEqual(whole);
      expect(durable(restarted(stage, { snapshot }))).toEqual(whole);
    }
  });

  it('refuses a journal that lacks an event', () => {
    const stage = lively();
    stage.events.splice(3, 1);
    expect(() => restarted(stage)).toThrow('Revision 4 is missing.');
  });

  it('never gives out a fence again', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    stage.release(ann);
    const after = restarted(stage);
    after.reset('a');
    expect(after.hold('ben').fence).toBeGreaterThan(stage.state.fence);
  });
});

describe('after a restart', () => {
  it('every lease and its token are valid, with one fresh TTL', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann', { ttlMs: 5_000 });
    stage.pass(4_999);
    const after = restarted(stage);
    expect(after.wakeInMs).toBe(5_000);
    expect(leaseIn(after.renew(ann))).toMatchObject({ id: ann.id, fence: ann.fence, key: 'a' });
  });

  it('an ended lease stays ended, and its end can be told', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    stage.run({ type: 'revoke', key: 'a' });
    expect(restarted(stage).renew(ann)).toMatchObject({ code: 'lease_ended', ended: { how: 'revoked' } });
  });

  it('a repeated request gets the reply it got before', () => {
    const stage = new Stage().free('a');
    const command = stage.ask('ann');
    const granted = leaseIn(stage.run(command));
    const again = leaseIn(restarted(stage).run({ ...command, leaseId: 'x', tokenDigest: 'x' }));
    expect(again).toMatchObject({ id: granted.id, tokenDigest: granted.tokenDigest, fence: granted.fence });
  });

  it('a waiter is granted nothing until its client is back, and then keeps its place', () => {
    const stage = new Stage().free('a');
    const keeper = stage.hold('keeper');
    const command = stage.ask('ann', { waitMs: 8_000 });
    stage.run(command);
    const ben = stage.ask('ben', { waitMs: 8_000 });
    stage.run(ben);
    stage.pass(2_000);
    const after = restarted(stage);
    after.release(keeper);
    after.reset('a');
    expect(after.state.free.size).toBe(1);
    expect(after.run(ben)).toMatchObject({ type: 'queued', position: 1 });
    expect(after.settled).toEqual([`${ben.requestId} granted`]);
    expect(after.run(command)).toMatchObject({ type: 'queued', position: 1 });
    after.release(after.state.leases.get('a')!);
    after.reset('a');
    expect(after.settled).toEqual([`${command.requestId} granted`]);
  });

  it.each([0, -1e9, 1e9])('a waiter keeps its place when the wall clock jumped by %d ms', (jumpMs) => {
    const stage = new Stage().free('a');
    const keeper = stage.hold('keeper');
    const [ann, ben] = [stage.ask('ann', { waitMs: 8_000 }), stage.ask('ben', { waitMs: 8_000 })];
    stage.run(ann);
    stage.run(ben);
    stage.pass(2_000);
    stage.wallMs += jumpMs;
    for (const snapshot of [undefined, snapshotOf(stage.state)]) {
      const after = restarted(stage, { snapshot });
      expect(after.wakeInMs).toBe(8_000);
      after.run(ben);
      expect(after.run(ann)).toMatchObject({ type: 'queued', position: 1 });
      expect(queueOf(after.state).map(({ waiter }) => waiter.scope.holder)).toEqual(['ann', 'ben']);
      after.release(keeper);
      after.reset('a');
      expect(after.settled).toEqual([`${ann.requestId} granted`]);
    }
  });

  it('a waiter whose client is back keeps its deadline', () => {
    const stage = new Stage().free('a');
    stage.hold('keeper');
    const command = stage.ask('ann', { waitMs: 8_000 });
    stage.run(command);
    const after = restarted(stage);
    after.pass(5_000).run(command);
    expect(after.state.waiters.get(command.requestId)).toMatchObject({ absent: false });
    expect(after.wakeInMs).toBe(3_000);
  });

  it('a waiter that does not come back times out', () => {
    const stage = new Stage().free('a');
    stage.hold('keeper');
    const ann = stage.wait('ann', { waitMs: 8_000 });
    const after = restarted(stage);
    after.pass(8_000).run({ type: 'tick' });
    expect(after.settled).toEqual([`${ann} wait_timeout`]);
    expect(after.state.waiters.size).toBe(0);
  });

  it.each([0, -1e9, 1e9])('an offer has its full time again, the wall clock set by %d ms', (jumpMs) => {
    const stage = new Stage().free('a');
    stage.offer(stage.hold('ann', { ttlMs: 50_000 }), 'ben', { ttlMs: 4_000 });
    stage.pass(1_000).wallMs += jumpMs;
    for (const snapshot of [undefined, snapshotOf(stage.state)]) {
      const after = restarted(stage, { snapshot });
      expect(after.wakeInMs).toBe(4_000);
      expect(after.state.leases.get('a')?.offer?.expiresAt).toBe(after.wallMs + 4_000);
      after.pass(3_999).run({ type: 'tick' });
      expect(outcomeOf(after.accept('ben'))).toBe('granted');
      const late = restarted(stage, { snapshot });
      late.pass(4_000).run({ type: 'tick' });
      expect(outcomeOf(late.accept('ben'))).toBe('unknown_handoff');
      expect(late.holders).toEqual({ a: 'ann' });
    }
  });

  it.each([0, -1e9, 1e9])(
    'a request for a person has its full time again, the wall clock set by %d ms',
    (jumpMs) => {
      const stage = new Stage().free('a');
      const { tokenDigest } = stage.hold('ann', { ttlMs: 50_000 });
      stage.run({ type: 'ask', tokenDigest, reason: 'a code', timeoutMs: 4_000 });
      stage.pass(1_000).wallMs += jumpMs;
      let after = restarted(stage);
      // Also after the next restart, and no longer then.
      for (let restarts = 0; restarts < 2; restarts++) {
        expect(after.wakeInMs).toBe(4_000);
        after = restarted(after, { snapshot: snapshotOf(after.state) });
      }
      after.pass(4_000).run({ type: 'tick' });
      expect(after.state.leases.get('a')?.asks).toMatchObject([{ answer: { outcome: 'timed_out' } }]);
    },
  );

  it('what was under way is begun again', () => {
    const stage = lively();
    stage.free('f');
    stage.lose('f');
    const after = restarted(stage);
    const told = unfinished(after.state).map((effect) => [
      effect.type,
      'key' in effect && effect.key,
      'leased' in effect && effect.leased,
    ]);
    expect(told).toEqual([
      ['reset', 'c', false],
      ['start', 'e', false],
      ['start', 'f', true],
    ]);
    for (const effect of unfinished(after.state)) {
      const { key, fence } = effect as Extract<typeof effect, { fence: number }>;
      expect(fence).toBe(after.fenceOf(key));
    }
  });

  it('a quarantine ends by itself', () => {
    const stage = lively();
    const after = restarted(stage, { snapshot: snapshotOf(stage.state) });
    after.pass(2_000).run({ type: 'tick' });
    expect(after.resource('d').state).toBe('starting');
  });
});
