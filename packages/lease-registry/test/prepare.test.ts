import { describe, expect, it } from 'vitest';
import type { Command } from '../src/index.js';
import { leaseIn, outcomeOf, Stage } from './stage.js';

const prepared = (key: string, fence: number): Command => ({ type: 'prepared', key, fence });

describe('a lease that begins by being prepared', () => {
  it('has its own time for that, and a full TTL from then on', () => {
    const stage = new Stage({ prepareMs: 10_000 }).free('a');
    const lease = stage.hold('ann', { prepare: true, ttlMs: 2_000 });
    expect(lease).toMatchObject({ preparing: true, ttlMs: 2_000 });
    expect(stage.wakeInMs).toBe(10_000);
    stage.pass(9_000).run(prepared('a', lease.fence));
    expect(stage.state.leases.get('a')).toMatchObject({ preparing: false, expiresAt: stage.wallMs + 2_000 });
    expect(stage.wakeInMs).toBe(2_000);
  });

  it('ends as unprepared when that fails, and the same request may be made again', () => {
    const stage = new Stage().free('a');
    const command = stage.ask('ann', { prepare: true });
    const { fence } = leaseIn(stage.run(command));
    const { requestId } = command;
    stage.run({ type: 'prepare-failed', key: 'a', fence, requestId });
    expect(stage.asked).toEqual(['reset a']);
    expect(stage.run({ type: 'renew', tokenDigest: command.tokenDigest })).toMatchObject({
      ended: { how: 'unprepared' },
    });
    stage.reset('a');
    const again = { ...command, leaseId: 'lease-2', tokenDigest: 'digest-2' };
    expect(outcomeOf(stage.run(again))).toBe('granted');
  });

  it('ends as unprepared when that takes too long', () => {
    const stage = new Stage({ prepareMs: 10_000 }).free('a');
    const lease = stage.hold('ann', { prepare: true });
    stage.pass(10_000).run({ type: 'tick' });
    expect(stage.renew(lease)).toMatchObject({ ended: { how: 'unprepared' } });
  });

  it('is still not prepared after a crash, and given again to who repeats the request', () => {
    const stage = new Stage({ prepareMs: 10_000 }).free('a');
    const command = stage.ask('ann', { prepare: true });
    stage.run(command);
    stage.pass(5_000).restart();
    expect(stage.wakeInMs).toBe(10_000);
    expect(outcomeOf(stage.run(command))).toBe('granted');
    expect(stage.state.leases.get('a')?.preparing).toBe(true);
  });

  it('ignores what is said of another lease, or too late', () => {
    const stage = new Stage().free('a');
    const lease = stage.hold('ann', { prepare: true });
    expect(outcomeOf(stage.run(prepared('a', lease.fence - 1)))).toBe('ignored');
    stage.run(prepared('a', lease.fence));
    expect(outcomeOf(stage.run(prepared('a', lease.fence)))).toBe('ignored');
    const failed: Command = { type: 'prepare-failed', key: 'a', fence: lease.fence };
    expect(outcomeOf(stage.run(failed))).toBe('ignored');
    expect(stage.holders).toEqual({ a: 'ann' });
  });
});
