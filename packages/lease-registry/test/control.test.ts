import { describe, expect, it } from 'vitest';
import type { Command, Lease } from '../src/index.js';
import { outcomeOf, Stage } from './stage.js';

const limits = { controlMs: 300_000, askMs: 5_000, asksMax: 2 };

function held(): { stage: Stage; lease: Lease } {
  const stage = new Stage(limits).free('a');
  return { stage, lease: stage.hold('ann') };
}

const take = ({ key, fence }: Lease): Command => ({
  type: 'take-control',
  key,
  fence,
  who: 'pat',
  reason: 'captcha',
});
const hand = ({ key, fence }: Lease, outcome: 'done' | 'declined' = 'done'): Command => {
  return { type: 'return-control', key, fence, outcome, note: 'look again' };
};
const live = (stage: Stage) => stage.state.leases.get('a')!;

describe('control of a lease', () => {
  it('is taken by a person, which the next renewal tells', () => {
    const { stage, lease } = held();
    expect(stage.run(take(lease))).toMatchObject({ type: 'controlled' });
    const told = {
      by: 'human',
      who: 'pat',
      reason: 'captcha',
      since: stage.wallMs,
      expiresAt: stage.wallMs + 300_000,
    };
    expect(stage.renew(lease)).toMatchObject({ lease: { control: told } });
  });

  it('of a lease that is still prepared lets neither its TTL run, nor its time to be prepared', () => {
    const stage = new Stage({ ...limits, prepareMs: 60_000 }).free('a');
    const lease = stage.hold('ann', { prepare: true, ttlMs: 1_000 });
    stage.run(take(lease));
    stage.run(hand(lease));
    expect(stage.wakeInMs).toBe(60_000);
    stage.run(take(lease));
    stage.run({ type: 'prepared', key: 'a', fence: lease.fence });
    stage.pass(299_999).run({ type: 'tick' });
    expect(live(stage)).toMatchObject({ preparing: false, control: { by: 'human' } });
    stage.pass(1).run({ type: 'tick' });
    expect(live(stage)).toMatchObject({ control: { by: 'agent', outcome: 'timed_out' } });
    expect(stage.wakeInMs).toBe(1_000);
  });

  it('is taken once, and from this lease only', () => {
    const { stage, lease } = held();
    stage.run(take(lease));
    expect(outcomeOf(stage.run(take(lease)))).toBe('human_in_control');
    expect(outcomeOf(stage.run(hand({ ...lease, fence: lease.fence - 1 })))).toBe('unknown_lease');
    stage.release(lease);
    expect(outcomeOf(stage.run(take(lease)))).toBe('unknown_lease');
  });

  it('stops the TTL until it is handed back, and then a full one begins', () => {
    const { stage, lease } = held();
    stage.pass(50_000).run(take(lease));
    stage.pass(200_000).run({ type: 'tick' });
    expect(stage.holders).toEqual({ a: 'ann' });
    stage.run(hand(lease));
    expect(live(stage)).toMatchObject({
      deadlineMs: stage.monotonicMs + 60_000,
      control: { by: 'agent', outcome: 'done', note: 'look again' },
    });
    stage.pass(59_999).run({ type: 'tick' });
    expect(stage.holders).toEqual({ a: 'ann' });
    stage.pass(1).run({ type: 'tick' });
    expect(stage.holders).toEqual({});
  });

  it('goes back by itself at its limit, and leaves the holder a TTL to notice', () => {
    const { stage, lease } = held();
    stage.run(take(lease));
    expect(stage.wakeInMs).toBe(300_000);
    stage.pass(300_000).run({ type: 'tick' });
    expect(live(stage).control).toMatchObject({ by: 'agent', outcome: 'timed_out' });
    expect(stage.wakeInMs).toBe(60_000);
    stage.pass(60_000).run({ type: 'tick' });
    expect(stage.holders).toEqual({});
  });

  it.each([0, -1e9, 1e9])('has its full time again after a restart, by a wall clock %d ms off', (jumpMs) => {
    const { stage, lease } = held();
    stage.run(take(lease));
    stage.pass(100_000).wallMs += jumpMs;
    stage.restart();
    expect(live(stage).control).toMatchObject({
      by: 'human',
      who: 'pat',
      expiresAt: stage.wallMs + 300_000,
    });
    stage.pass(299_999).run({ type: 'tick' });
    expect(live(stage).control?.by).toBe('human');
    stage.pass(1).run({ type: 'tick' });
    expect(live(stage).control).toMatchObject({ by: 'agent', outcome: 'timed_out' });
    expect(stage.wakeInMs).toBe(60_000);
  });

  it('leaves the holder the whole of a longer TTL that it asked for meanwhile', () => {
    const stage = new Stage(limits).free('a');
    const lease = stage.hold('ann', { ttlMs: 1_000 });
    stage.run(take(lease));
    stage.run({ type: 'renew', tokenDigest: lease.tokenDigest, ttlMs: 5_000 });
    // In one step, as after a time in which nothing ran.
    stage.pass(304_999).run({ type: 'tick' });
    expect(live(stage)).toMatchObject({ control: { by: 'agent', outcome: 'timed_out' } });
  });

  it('does not keep the holder or an operator from ending the lease', () => {
    for (const end of ['release', 'revoke', 'removed'] as const) {
      const { stage, lease } = held();
      stage.run(take(lease));
      if (end === 'release') stage.release(lease);
      else stage.run({ type: end, key: 'a' });
      expect(stage.holders).toEqual({});
    }
  });

  it('cannot be handed over to another holder', () => {
    const { stage, lease } = held();
    stage.offer(lease, 'ben');
    stage.run(take(lease));
    expect(outcomeOf(stage.accept('ben'))).toBe('human_in_control');
    stage.run(hand(lease));
    expect(outcomeOf(stage.accept('ben'))).toBe('granted');
  });

  it('that is handed back twice is handed back once', () => {
    const { stage, lease } = held();
    stage.run(take(lease));
    stage.run(hand(lease, 'declined'));
    const { revision } = stage.state;
    expect(stage.run(hand(lease))).toMatchObject({ lease: { control: { outcome: 'declined' } } });
    expect(stage.state.revision).toBe(revision);
  });
});

describe('a request for a person', () => {
  const ask = (stage: Stage, { tokenDigest }: Lease, few: { requestId?: string; timeoutMs?: number } = {}) =>
    stage.run({ type: 'ask', tokenDigest, reason: 'a second factor', instructions: 'type the code', ...few });
  const idOf = (reply: unknown) => (reply as { id: string }).id;

  it('is kept with the lease until somebody answers it, once', () => {
    const { stage, lease } = held();
    const id = idOf(ask(stage, lease));
    expect(live(stage).asks).toMatchObject([
      { id, reason: 'a second factor', instructions: 'type the code' },
    ]);
    const answer: Command = {
      type: 'answer',
      key: 'a',
      fence: lease.fence,
      id,
      outcome: 'declined',
      who: 'pat',
    };
    expect(stage.run(answer)).toEqual({ type: 'done' });
    expect(live(stage).asks[0]?.answer).toEqual({ outcome: 'declined', who: 'pat', at: stage.wallMs });
    expect(outcomeOf(stage.run(answer))).toBe('unknown_ask');
  });

  it.each([0, -1e9, 1e9])(
    'that nobody answers is timed out, after restarts by a wall clock %d ms off',
    (jumpMs) => {
      const { stage, lease } = held();
      ask(stage, lease);
      for (const _ of [1, 2]) {
        stage.pass(2_000).wallMs += jumpMs;
        stage.restart();
        expect(live(stage).asks[0]).toMatchObject({ expiresAt: stage.wallMs + 5_000 });
        expect(stage.wakeInMs).toBe(5_000);
      }
      stage.pass(5_000).run({ type: 'tick' });
      expect(live(stage).asks[0]?.answer?.outcome).toBe('timed_out');
    },
  );

  it('is answered by the person who took over and hands back', () => {
    const { stage, lease } = held();
    ask(stage, lease);
    stage.run(take(lease));
    stage.run(hand(lease, 'declined'));
    expect(live(stage).asks[0]?.answer).toMatchObject({ outcome: 'declined', note: 'look again' });
  });

  it('is one of a bounded number of open ones; answered ones make room', () => {
    const { stage, lease } = held();
    const [first, second] = [ask(stage, lease), ask(stage, lease)];
    const requestId = 'third';
    expect(ask(stage, lease, { requestId })).toMatchObject({ code: 'quota_exceeded', subject: 'asks' });
    stage.run({ type: 'answer', key: 'a', fence: lease.fence, id: idOf(second), outcome: 'done' });
    const third = ask(stage, lease, { requestId });
    expect(live(stage).asks.map(({ id }) => id)).toEqual([idOf(first), idOf(third)]);
  });

  it('gets the same answer when it is repeated', () => {
    const { stage, lease } = held();
    const asked = ask(stage, lease, { requestId: 'r' });
    expect(ask(stage, lease, { requestId: 'r' })).toEqual(asked);
    expect(outcomeOf(ask(stage, lease, { requestId: 'r', timeoutMs: 1 }))).toBe('request_conflict');
    expect(live(stage).asks).toHaveLength(1);
  });

  it('needs the token of a live lease and words that are not too long', () => {
    const { stage, lease } = held();
    const long = 'x'.repeat(10_000);
    const tooLong: Command = { type: 'ask', tokenDigest: lease.tokenDigest, reason: long };
    expect(stage.run(tooLong)).toMatchObject({ code: 'bad_request', subject: 'reason' });
    stage.release(lease);
    expect(outcomeOf(ask(stage, lease))).toBe('lease_ended');
  });
});
