import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';
import { errorOf, until } from './until.js';

describe('people and leases, over HTTP', () => {
  let daemon: InstantDaemon;

  beforeEach(async () => {
    daemon = await InstantDaemon.start(2);
  });
  afterEach(() => daemon.remove());

  const aTime: unknown = expect.any(Number);
  const questions = async () => (await daemon.client.status()).asks ?? [];
  const approvals = async () => (await daemon.client.status()).approvals ?? [];

  it('a question appears in the status, and its answer reaches the holder', async () => {
    const { handle, leaseToken, slot, fence } = await daemon.client.acquire({ holder: 'ann' });
    const asking = daemon.client.ask({ handle, leaseToken, reason: 'captcha', instructions: 'line\nline' });
    await until(async () => (await questions()).length === 1);
    const [question] = await questions();
    expect(question).toMatchObject({
      slot,
      fence,
      holder: 'ann',
      reason: 'captcha',
      instructions: 'line\nline',
    });
    await daemon.client.answer({ id: question!.id, outcome: 'done', who: 'pat', note: 'solved' });
    expect(await asking).toEqual({ id: question!.id, outcome: 'done', who: 'pat', note: 'solved' });
    expect(await questions()).toEqual([]);
    expect(await errorOf(daemon.client.answer({ id: question!.id, outcome: 'done' }))).toMatchObject({
      code: 'unknown_ask',
    });
  });

  it('a question that nobody answers is timed out, which is told as such', async () => {
    const { handle, leaseToken } = await daemon.client.acquire({ holder: 'ann' });
    const asked = await daemon.client.ask({ handle, leaseToken, reason: 'captcha', timeoutS: 1 });
    expect(asked).toMatchObject({ outcome: 'timed_out' });
  });

  it('a question ends with its lease', async () => {
    const { handle, leaseToken, slot } = await daemon.client.acquire({ holder: 'ann' });
    const asking = errorOf(daemon.client.ask({ handle, leaseToken, reason: 'captcha' }));
    await until(async () => (await questions()).length === 1);
    await daemon.client.revoke({ slot });
    expect(await asking).toMatchObject({ code: 'lease_ended', details: { how: 'revoked' } });
  });

  it('a question whose caller lost the connection is the same when it is asked again', async () => {
    const { handle, leaseToken } = await daemon.client.acquire({ holder: 'ann' });
    const request = { handle, leaseToken, reason: 'captcha', requestId: 'one' };
    const gone = new AbortController();
    const first = errorOf(daemon.client.ask(request, { signal: gone.signal }));
    await until(async () => (await questions()).length === 1);
    gone.abort();
    expect(await first).toMatchObject({ name: 'AbortError' });
    const again = daemon.client.ask(request);
    const [question, ...others] = await questions();
    expect(others).toEqual([]);
    await daemon.client.answer({ id: question!.id, outcome: 'declined' });
    expect(await again).toMatchObject({ id: question!.id, outcome: 'declined' });
  });

  it('nobody asks with a token of another lease', async () => {
    const [ann, ben] = [
      await daemon.client.acquire({ holder: 'ann' }),
      await daemon.client.acquire({ holder: 'ben' }),
    ];
    const mixed = { handle: ann.handle, leaseToken: ben.leaseToken, reason: 'captcha' };
    expect(await errorOf(daemon.client.ask(mixed))).toMatchObject({ code: 'unknown_lease' });
  });

  it('a person takes over and hands back, which heartbeats and the status tell', async () => {
    const lease = await daemon.client.acquire({ holder: 'ann' });
    const { slot, fence, leaseToken } = lease;
    const taken = await daemon.client.control({
      handle: `slot-${slot}`,
      action: 'take',
      who: 'pat',
      reason: 'login',
    });
    const human = { by: 'human', who: 'pat', reason: 'login', since: aTime, expiresAt: aTime };
    expect(taken).toEqual({ slot, fence, control: human });
    const renewed = await daemon.client.heartbeat({ leaseToken });
    expect(renewed.control).toEqual(human);
    expect(renewed.expiresAt).toBeGreaterThan(lease.expiresAt! + 60);
    const again = daemon.client.control({ handle: lease.handle, action: 'take' });
    expect(await errorOf(again)).toMatchObject({ code: 'human_in_control' });
    await daemon.client.control({ handle: lease.handle, action: 'return', outcome: 'declined', note: 'no' });
    const { slots } = await daemon.client.status();
    expect(slots[slot]?.control).toEqual({
      by: 'agent',
      outcome: 'declined',
      note: 'no',
      since: aTime,
    });
  });

  it('a person does not take over a lease that is meant no more', async () => {
    const { slot, fence, leaseToken } = await daemon.client.acquire({ holder: 'ann' });
    await daemon.client.release({ leaseToken });
    const handle = `slot-${slot}`;
    expect(await errorOf(daemon.client.control({ handle, action: 'take' }))).toMatchObject({
      code: 'unknown_lease',
    });
    await daemon.client.acquire({ holder: 'ben', slot });
    const late = daemon.client.control({ handle, action: 'take', fence: fence! });
    expect(await errorOf(late)).toMatchObject({ code: 'lease_ended' });
  });

  it('a request that a person must approve waits in the status until somebody decides', async () => {
    const { registry } = daemon.running.broker;
    await registry.submit({ type: 'asset-set', name: 'shop', capacity: 1, approval: true, version: 1 });
    const ask = (made: string) =>
      registry.acquire({
        type: 'acquire',
        requestId: made,
        leaseId: `lease-${made}`,
        tokenDigest: `digest-${made}`,
        scope: { holder: 'ann', run: 'nightly' },
        selector: {},
        claims: [{ name: 'shop', mode: 'shared' }],
      });
    const [first, second] = [ask('one'), ask('two')];
    await until(async () => (await approvals()).length === 2);
    const [one, two] = await approvals();
    expect(one).toMatchObject({ holder: 'ann', run: 'nightly', logins: ['shop'], expiresAt: aTime });
    expect(await daemon.client.approve({ id: one!.id, approve: true, who: 'pat' })).toEqual({
      id: one!.id,
      approved: true,
    });
    expect(await first).toMatchObject({ type: 'granted' });
    await daemon.client.approve({ id: two!.id, approve: false });
    expect(await second).toMatchObject({ code: 'approval_denied' });
    const again = daemon.client.approve({ id: one!.id, approve: true });
    expect(await errorOf(again)).toMatchObject({ code: 'unknown_approval' });
  });

  it('what holders and people say stays within its bounds', async () => {
    const { handle, leaseToken } = await daemon.client.acquire({ holder: 'ann' });
    const path = `/leases/${handle}/ask`;
    const bad = [
      { reason: 'x'.repeat(501) },
      { reason: 'two\nlines' },
      { reason: 'r', instructions: '\u001b[2J' },
    ];
    for (const few of bad) {
      const response = await daemon.post(path, { lease_token: leaseToken, ...few });
      expect([response.status, (await response.json()).error]).toEqual([400, 'bad_request']);
    }
    expect(await questions()).toEqual([]);
  });
});
