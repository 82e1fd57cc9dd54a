import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';
import { errorOf, until } from './until.js';

describe('leases over HTTP', () => {
  let daemon: InstantDaemon;

  afterEach(() => daemon.remove());

  describe('on a pool of two', () => {
    beforeEach(async () => {
      daemon = await InstantDaemon.start(2);
    });

    it('a third holder is refused at once, with the pool, an estimate and what to do next', async () => {
      const one = await daemon.client.acquire({ holder: 'one' });
      await daemon.client.acquire({ holder: 'two' });
      const response = await daemon.post('/acquire', { holder: 'three' });
      expect(response.status).toBe(409);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({
        error: 'pool_exhausted',
        retry_after_s: expect.any(Number),
        queue_length: 0,
        next_actions: expect.any(Array),
        snapshot: [
          { slot: 0, holder: 'one', state: 'leased', cdp_ws_url: null },
          { slot: 1, holder: 'two', state: 'leased', cdp_ws_url: null },
        ],
      });
      expect(text).not.toContain(one.leaseToken);
      expect(text).not.toContain(one.leaseId);
    });

    it('waiters are served in the order they came, each with the first slot that suits it', async () => {
      const leases = [
        await daemon.client.acquire({ holder: 'a' }),
        await daemon.client.acquire({ holder: 'b' }),
      ];
      const wait = (holder: string, slot?: number) =>
        daemon.client.acquire({ holder, waitS: 20, ...(slot === undefined ? {} : { slot }) });
      const forOne = wait('for slot 1', 1);
      await daemon.queued(1);
      const first = wait('first');
      await daemon.queued(2);
      const second = wait('second');
      await daemon.queued(3);
      await daemon.client.release({ leaseToken: leases[0]?.leaseToken ?? '' });
      expect((await first).slot).toBe(0);
      await daemon.client.release({ leaseToken: leases[1]?.leaseToken ?? '' });
      expect((await forOne).slot).toBe(1);
      await daemon.client.release({ leaseToken: (await first).leaseToken });
      expect((await second).slot).toBe(0);
    });

    it('a client that hangs up while it waits leaves the queue at once and costs nobody a grant', async () => {
      const holder = await daemon.client.acquire({ holder: 'a', slot: 0 });
      const body = JSON.stringify({ holder: 'gone', slot: 0, wait_s: 60, request_id: 'gone-1' });
      const socket = connect(daemon.running.port, '127.0.0.1');
      socket.write(
        `POST /acquire HTTP/1.1\r\nHost: 127.0.0.1:${daemon.running.port}\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${body.length}\r\n\r\n${body}`,
      );
      await daemon.queued(1);
      const patient = daemon.client.acquire({ holder: 'patient', slot: 0, waitS: 20 });
      await daemon.queued(2);
      socket.destroy();
      await daemon.queued(1);
      await daemon.client.release({ leaseToken: holder.leaseToken });
      expect(await patient).toMatchObject({ slot: 0, holder: 'patient', fence: holder.fence! + 2 });
    });

    it('a wait that is over says so', async () => {
      await daemon.client.acquire({ holder: 'a', slot: 0 });
      const error = await errorOf(daemon.client.acquire({ holder: 'b', slot: 0, waitS: 0.05 }));
      expect(error).toMatchObject({ code: 'wait_timeout', status: 409 });
    });

    it('an acquire finds a slot that is being reset without having asked to wait', async () => {
      let finish = (): void => {};
      daemon.slots.beforeReset = () => new Promise<void>((resolve) => (finish = resolve));
      const { leaseToken } = await daemon.client.acquire({ holder: 'a', slot: 0 });
      const view = await daemon.client.release({ leaseToken, noWait: true });
      expect(view.state).toBe('resetting');
      expect(await errorOf(daemon.client.acquire({ holder: 'b', slot: 0, waitS: 0 }))).toMatchObject({
        code: 'slot_not_ready',
      });
      const brief = daemon.client.acquire({ holder: 'c', slot: 0 });
      await daemon.queued(1);
      finish();
      expect((await brief).slot).toBe(0);
    });

    it('a release answers when the slot is clean, and is the same when it is repeated', async () => {
      const { leaseToken } = await daemon.client.acquire({ holder: 'a', slot: 0 });
      const before = daemon.slots.done.length;
      expect(await daemon.client.release({ leaseToken })).toMatchObject({ slot: 0, state: 'free' });
      expect(daemon.slots.done.slice(before)).toEqual(['reset 0']);
      expect(await daemon.client.release({ leaseToken })).toMatchObject({ slot: 0, state: 'free' });
      expect(daemon.slots.done.slice(before)).toEqual(['reset 0']);
    });

    it('a late release touches no newer holder', async () => {
      const old = await daemon.client.acquire({ holder: 'old', slot: 0 });
      await daemon.client.release({ leaseToken: old.leaseToken });
      const newer = await daemon.client.acquire({ holder: 'newer', slot: 0 });
      await daemon.client.release({ leaseToken: old.leaseToken });
      expect(await daemon.client.heartbeat({ leaseToken: newer.leaseToken })).toMatchObject({
        holder: 'newer',
        fence: newer.fence,
      });
    });

    it('the same request id gives the identical reply, also after a restart; other content conflicts', async () => {
      const ask = { holder: 'a', request_id: 'ask-1', slot: 1 };
      const first = await (await daemon.post('/acquire', ask)).json();
      await daemon.restart();
      const again = await (await daemon.post('/acquire', ask)).json();
      expect(again).toMatchObject({
        lease_token: first.lease_token,
        lease_id: first.lease_id,
        fence: first.fence,
      });
      const other = await daemon.post('/acquire', { ...ask, holder: 'b' });
      expect([other.status, (await other.json()).error]).toEqual([409, 'request_conflict']);
    });

    it('a waiter comes back by its request id after a restart and keeps its place', async () => {
      const { leaseToken } = await daemon.client.acquire({ holder: 'a', slot: 0 });
      const early = { holder: 'early', slot: 0, wait_s: 60, request_id: 'early-1' };
      const cut = daemon.post('/acquire', early);
      await daemon.queued(1);
      const stopped = daemon.restart();
      expect((await (await cut).json()).error).toBe('shutting_down');
      await stopped;
      const late = daemon.client.acquire({ holder: 'late', slot: 0, waitS: 20 });
      await daemon.queued(2);
      const back = daemon.post('/acquire', early);
      const { lease } = await until(async () => {
        return daemon.state.waiters.get('early-1')?.absent === false && { lease: leaseToken };
      });
      await daemon.client.release({ leaseToken: lease });
      const granted = await (await back).json();
      expect(granted).toMatchObject({ holder: 'early', slot: 0 });
      await daemon.client.release({ leaseToken: granted.lease_token });
      expect((await late).holder).toBe('late');
    });

    it('a client that waits over a restart is served as if nothing had been', async () => {
      const { leaseToken } = await daemon.client.acquire({ holder: 'a', slot: 0 });
      const waiting = daemon.client.acquire({ holder: 'patient', slot: 0, waitS: 20 });
      await daemon.queued(1);
      await daemon.restart();
      await until(() => [...daemon.state.waiters.values()].some(({ absent }) => !absent));
      await daemon.client.release({ leaseToken });
      expect(await waiting).toMatchObject({ holder: 'patient', slot: 0 });
    });

    it('a token stays valid over a restart', async () => {
      const { leaseToken, fence } = await daemon.client.acquire({ holder: 'a' });
      await daemon.restart();
      expect(await daemon.client.heartbeat({ leaseToken })).toMatchObject({ holder: 'a', fence });
    });

    it('a handoff moves the slot, unreset, to the holder it names; the giver is fenced', async () => {
      const giver = await daemon.client.acquire({ holder: 'giver', slot: 0 });
      const before = daemon.slots.done.length;
      const { handoff } = await daemon.client.handoff({ leaseToken: giver.leaseToken, to: 'taker' });
      expect(await errorOf(daemon.client.acquire({ holder: 'thief', handoff }))).toMatchObject({
        code: 'handoff_not_for_you',
      });
      const taker = await daemon.client.acquire({ holder: 'taker', handoff });
      expect(taker).toMatchObject({ slot: 0, pid: giver.pid, cdpWsUrl: giver.cdpWsUrl });
      expect(taker.fence).toBeGreaterThan(giver.fence ?? 0);
      expect(await errorOf(daemon.client.heartbeat({ leaseToken: giver.leaseToken }))).toMatchObject({
        code: 'lease_ended',
        status: 410,
        details: { how: 'handed_over' },
      });
      expect(await errorOf(daemon.client.acquire({ holder: 'taker', handoff }))).toMatchObject({
        code: 'unknown_handoff',
      });
      expect(daemon.slots.done.slice(before)).toEqual([]);
    });

    it('an operator frees a slot, and its holder learns from the next heartbeat what happened', async () => {
      const { leaseToken } = await daemon.client.acquire({ holder: 'a', slot: 0 });
      expect(await daemon.client.revoke({ slot: 0 })).toMatchObject({ state: 'free', holder: null });
      expect(await errorOf(daemon.client.heartbeat({ leaseToken }))).toMatchObject({
        code: 'lease_ended',
        details: { how: 'revoked', endedAt: expect.any(Number) },
      });
      expect(await daemon.client.revoke({ slot: 0 })).toMatchObject({ state: 'free' });
    });

    it('slots are found by their labels', async () => {
      expect((await daemon.client.acquire({ holder: 'a', labels: { mode: 'headless' } })).slot).toBe(0);
      expect(await errorOf(daemon.client.acquire({ holder: 'b', labels: { mode: 'headed' } }))).toMatchObject(
        {
          code: 'unknown_slot',
        },
      );
    });
  });

  it('a holder that falls silent loses its slot after its TTL and learns how it ended', async () => {
    daemon = await InstantDaemon.start(1, { ESCARP_LEASE_TTL_S: '0.5' });
    const { leaseToken } = await daemon.client.acquire({ holder: 'silent' });
    const next = await daemon.client.acquire({ holder: 'next', waitS: 20 });
    expect(next.holder).toBe('next');
    expect(await errorOf(daemon.client.heartbeat({ leaseToken }))).toMatchObject({
      code: 'lease_ended',
      details: { how: 'expired' },
    });
    const { reaped } = await daemon.client.reaped();
    expect(reaped).toMatchObject([{ slot: 0, holder: 'silent' }]);
  });

  it('a holder may ask for a longer TTL than the default', async () => {
    daemon = await InstantDaemon.start(1);
    const lease = await daemon.client.acquire({ holder: 'a', ttlS: 600 });
    expect((lease.expiresAt ?? 0) - (lease.acquiredAt ?? 0)).toBeCloseTo(600, 3);
    expect(lease.heartbeatIntervalS).toBeCloseTo(200, 3);
  });

  it('quotas bound what one holder and one tenant have, and say whose it was', async () => {
    daemon = await InstantDaemon.start(4, { ESCARP_MAX_PER_HOLDER: '1', ESCARP_MAX_PER_TENANT: '2' });
    const { client } = daemon;
    const lease = await client.acquire({ holder: 'a', tenant: 't' });
    expect(await errorOf(client.acquire({ holder: 'a', tenant: 't' }))).toMatchObject({
      code: 'quota_exceeded',
      details: { quota: 'holder' },
    });
    await client.acquire({ holder: 'b', tenant: 't' });
    expect(await errorOf(client.acquire({ holder: 'c', tenant: 't' }))).toMatchObject({
      code: 'quota_exceeded',
      details: { quota: 'tenant' },
    });
    await client.release({ leaseToken: lease.leaseToken });
    expect((await client.acquire({ holder: 'c', tenant: 't' })).holder).toBe('c');
  });
});
