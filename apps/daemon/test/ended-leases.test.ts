import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';
import { errorOf } from './until.js';

/** Whatever tells of the browser that a slot has now. */
const addresses = /cdp_ws_url":"|cdp_target_id":"|devtools\/browser|"pid":\d/;

describe('a lease that is over', () => {
  let daemon: InstantDaemon;

  beforeEach(async () => {
    daemon = await InstantDaemon.start(1);
  });
  afterEach(() => daemon.remove());

  const asked = { holder: 'former', request_id: 'ask-1' };

  const ways: [how: string, end: (leaseToken: string) => Promise<unknown>][] = [
    ['released', (leaseToken) => daemon.client.release({ leaseToken })],
    ['revoked', () => daemon.client.revoke({ slot: 0 })],
    ['handed_over', (leaseToken) => handOver(leaseToken)],
  ];
  const handOver = async (leaseToken: string) => {
    const { handoff } = await daemon.client.handoff({ leaseToken, to: 'taker', requestId: 'offer-1' });
    return daemon.client.acquire({ holder: 'taker', handoff, requestId: 'accept-1' });
  };

  it.each(ways)('as %s is so to every question, with the next holder in the slot', async (how, end) => {
    const lease = await (await daemon.post('/acquire', asked)).json();
    await end(lease.lease_token);
    if (how !== 'handed_over') await daemon.client.acquire({ holder: 'next' });
    const token = { lease_token: lease.lease_token };
    for (const restarted of [false, true]) {
      if (restarted) await daemon.restart();
      const questions: [path: string, body: object][] = [
        ['/acquire', asked],
        ['/acquire', { ...asked, wait_s: 5 }],
        ['/heartbeat', token],
        ['/heartbeat', { ...token, request_id: 'beat-1' }],
        ['/handoff', { ...token, to: 'x' }],
        ['/handoff', { ...token, to: 'taker', request_id: 'offer-1' }],
        ...(how === 'released' ? [] : ([['/release', token]] as [string, object][])),
      ];
      for (const [path, body] of questions) {
        const response = await daemon.post(path, body);
        const text = await response.text();
        expect([path, response.status, JSON.parse(text)], text).toEqual([
          path,
          410,
          expect.objectContaining({
            error: 'lease_ended',
            details: { how, ended_at: expect.any(Number) },
          }),
        ]);
        expect(text).not.toMatch(addresses);
      }
    }
  });

  it('is not brought back by an acceptance that is repeated', async () => {
    const { leaseToken } = await daemon.client.acquire({ holder: 'giver' });
    const taken = await handOver(leaseToken);
    const { handoff } = { handoff: await codeOf(leaseToken) };
    await daemon.client.release({ leaseToken: taken.leaseToken });
    await daemon.client.acquire({ holder: 'next' });
    const again = errorOf(daemon.client.acquire({ holder: 'taker', handoff, requestId: 'accept-1' }));
    expect(await again).toMatchObject({ code: 'lease_ended', details: { how: 'released' } });
  });
  const codeOf = async (leaseToken: string): Promise<string> => {
    const { tokens } = daemon.running.broker;
    return tokens.handoffOf(`${tokens.digestOf(leaseToken)}\noffer-1`);
  };

  it('answers a repeated release with nothing of the holder that came after', async () => {
    const lease = await daemon.client.acquire({ holder: 'former' });
    await daemon.client.release({ leaseToken: lease.leaseToken });
    const next = await daemon.client.acquire({ holder: 'next', devPort: 3010 });
    for (const no_wait of [true, false]) {
      const response = await daemon.post('/release', { lease_token: lease.leaseToken, no_wait });
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({
        slot: 0,
        state: 'free',
        holder: null,
        fence: null,
        pid: null,
      });
      expect(text).not.toMatch(addresses);
      expect(text).not.toContain('next');
    }
    expect(await daemon.client.heartbeat({ leaseToken: next.leaseToken })).toMatchObject({
      fence: next.fence,
    });
  });

  it('answers a release with nothing of a holder that had been waiting for the slot', async () => {
    const lease = await daemon.client.acquire({ holder: 'former' });
    const waiting = daemon.client.acquire({ holder: 'waiting', waitS: 20 });
    await daemon.queued(1);
    const response = await daemon.post('/release', { lease_token: lease.leaseToken });
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ state: 'free', holder: null });
    expect(text).not.toMatch(addresses);
    expect((await waiting).holder).toBe('waiting');
  });

  it('while its acquire still waits for the window is told to that acquire', async () => {
    const { slots, registry } = daemon.running.broker;
    const { window } = slots.at({ slot: 0 });
    const refresh = window.refresh.bind(window);
    window.refresh = async () => {
      window.refresh = refresh;
      await registry.submit({ type: 'revoke', key: 'slot-0' });
      await refresh();
    };
    expect(await errorOf(daemon.client.acquire({ holder: 'a' }))).toMatchObject({
      code: 'lease_ended',
      details: { how: 'revoked' },
    });
  });

  it('while its acquire still waits for the browser is told to that acquire', async () => {
    daemon.slots.vanish(0);
    const relaunch = async (slot: number) => {
      await daemon.running.broker.registry.submit({ type: 'revoke', key: 'slot-0' });
      return daemon.slots.launch(slot);
    };
    Object.assign(daemon.slots, { relaunch });
    expect(await errorOf(daemon.client.acquire({ holder: 'a' }))).toMatchObject({
      code: 'lease_ended',
      details: { how: 'revoked' },
    });
  });

  it('before the answer to its heartbeat was made is told to that heartbeat', async () => {
    const { leaseToken } = await daemon.client.acquire({ holder: 'a' });
    const { registry } = daemon.running.broker;
    const submit = registry.submit.bind(registry);
    registry.submit = async (command) => {
      const reply = await submit(command);
      registry.submit = submit;
      await submit({ type: 'revoke', key: 'slot-0' });
      await daemon.client.acquire({ holder: 'next', waitS: 20 });
      return reply;
    };
    expect(await errorOf(daemon.client.heartbeat({ leaseToken }))).toMatchObject({
      code: 'lease_ended',
      details: { how: 'revoked' },
    });
  });
});

describe('a lease that lives', () => {
  let daemon: InstantDaemon;

  beforeEach(async () => {
    daemon = await InstantDaemon.start(1);
  });
  afterEach(() => daemon.remove());

  it('is told of as it is now when its request is repeated, with the browser it has now', async () => {
    const ask = { holder: 'a', requestId: 'ask-1' };
    const first = await daemon.client.acquire(ask);
    daemon.slots.lose(0);
    await pause(0);
    const again = await daemon.client.acquire(ask);
    expect(again).toMatchObject({ leaseToken: first.leaseToken, leaseId: first.leaseId, fence: first.fence });
    expect(again.cdpWsUrl).not.toBe(first.cdpWsUrl);
  });
});
