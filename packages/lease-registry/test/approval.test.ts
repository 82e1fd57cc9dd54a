import { describe, expect, it } from 'vitest';
import { outcomeOf, Stage } from './stage.js';

const withKey = { claims: [{ name: 'key', mode: 'shared' as const }] };
const asking = { ...withKey, waitMs: 100_000 };

/** Two free resources, and an asset that a person must agree to. */
function guarded(): Stage {
  const stage = new Stage({ approvalMs: 20_000 }).free('a', 'b');
  stage.asset('key', { capacity: 2, approval: true });
  return stage;
}

describe('an approval', () => {
  it('is waited for although everything is free, and then granted at once', () => {
    const stage = guarded();
    const ann = stage.wait('ann', asking);
    expect(stage.decide(ann, true)).toEqual({ type: 'done' });
    expect(stage.settled).toEqual([`${ann} granted`]);
    expect(stage.events.map(({ change }) => change)).toContainEqual(
      expect.objectContaining({ type: 'approval-decided', isApproved: true, by: 'pat' }),
    );
  });

  it('is waited for without a wait asked for, and refused to a caller that never waits', () => {
    const stage = guarded();
    const { waitMs: _, ...brief } = stage.ask('ann', withKey);
    expect(outcomeOf(stage.run(brief))).toBe('queued');
    expect(stage.acquire('ben', { ...withKey, waitMs: 0 })).toMatchObject({ code: 'approval_required' });
  });

  it('is good for one request, once', () => {
    const stage = guarded();
    const ann = stage.wait('ann', asking);
    const id = stage.approvalOf(ann);
    stage.run({ type: 'decide', id, isApproved: true });
    expect(outcomeOf(stage.run({ type: 'decide', id, isApproved: true }))).toBe('unknown_approval');
    expect(outcomeOf(stage.run({ type: 'decide', id, isApproved: false }))).toBe('unknown_approval');
    expect(outcomeOf(stage.run(stage.ask('ben', asking)))).toBe('queued');
  });

  it('that is denied ends the wait with the words of the person', () => {
    const stage = guarded();
    const command = stage.ask('ann', asking);
    stage.run(command);
    stage.run({
      type: 'decide',
      id: stage.approvalOf(command.requestId),
      isApproved: false,
      note: 'not now',
    });
    expect(stage.settled).toEqual([`${command.requestId} approval_denied`]);
    expect(stage.run(command)).toMatchObject({ code: 'approval_denied', note: 'not now' });
  });

  it('that nobody gives is no consent: it ends at its limit, however long the caller waits', () => {
    const stage = guarded();
    const ann = stage.wait('ann', asking);
    const id = stage.approvalOf(ann);
    expect(stage.wakeInMs).toBe(20_000);
    stage.pass(20_000).run({ type: 'tick' });
    expect(stage.settled).toEqual([`${ann} approval_timeout`]);
    expect(outcomeOf(stage.run({ type: 'decide', id, isApproved: true }))).toBe('unknown_approval');
    expect(stage.state.leases.size).toBe(0);
  });

  it('ends with the wait of a caller who is less patient, and when the caller goes', () => {
    const stage = guarded();
    const ann = stage.wait('ann', { ...asking, waitMs: 1_000 });
    const ben = stage.wait('ben', asking);
    stage.pass(1_000).run({ type: 'tick' });
    expect(stage.settled).toEqual([`${ann} approval_timeout`]);
    const id = stage.approvalOf(ben);
    stage.run({ type: 'cancel', requestId: ben });
    expect(outcomeOf(stage.run({ type: 'decide', id, isApproved: true }))).toBe('unknown_approval');
  });

  it('that was given leaves the caller its place and its own deadline', () => {
    const stage = guarded();
    stage.hold('cat', { selector: { key: 'a' } });
    stage.hold('dan', { selector: { key: 'b' } });
    const ann = stage.wait('ann', { ...asking, waitMs: 30_000 });
    const ben = stage.wait('ben', { waitMs: 30_000 });
    stage.decide(ann, true);
    stage.pass(25_000).release(stage.state.leases.get('a')!);
    stage.reset('a');
    expect(stage.settled).toEqual([`${ann} granted`]);
    stage.pass(5_000).run({ type: 'tick' });
    expect(stage.settled).toEqual([`${ben} wait_timeout`]);
  });

  it('holds nobody up while it is pending', () => {
    const stage = guarded();
    stage.wait('ann', { ...asking, claims: [{ name: 'key', mode: 'exclusive' }] });
    const ben = stage.wait('ben', asking);
    stage.decide(ben, true);
    expect(stage.settled).toEqual([`${ben} granted`]);
  });

  it('is still pending after a restart, and given while the caller is away counts when it comes back', () => {
    const stage = guarded();
    const command = stage.ask('ann', asking);
    stage.run(command);
    stage.restart();
    stage.decide(command.requestId, true);
    expect(stage.settled).toEqual([]);
    stage.run(command);
    expect(stage.settled).toEqual([`${command.requestId} granted`]);
  });

  it.each([0, -1e9, 1e9])('has its full time again after a restart, by a wall clock %d ms off', (jumpMs) => {
    const stage = guarded();
    const command = stage.ask('ann', asking);
    stage.run(command);
    const before = stage.state.waiters.get(command.requestId)!.approval!;
    const openMs = before.expiresAt - stage.wallMs;
    stage.pass(openMs / 2).wallMs += jumpMs;
    stage.restart();
    expect(stage.state.waiters.get(command.requestId)?.approval).toMatchObject({
      expiresAt: stage.wallMs + openMs,
      deadlineMs: stage.monotonicMs + openMs,
    });
  });
});
