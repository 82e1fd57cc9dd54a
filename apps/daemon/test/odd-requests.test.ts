import type { LeaseView } from '@escarp/transport';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';
import { until } from './until.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

describe('a clumsy request', () => {
  let daemon: InstantDaemon;

  beforeAll(async () => {
    daemon = await InstantDaemon.start(2);
  });
  afterEach(async () => {
    const { slots } = await daemon.client.status();
    const leased = slots.filter(({ holder }) => holder !== null);
    await Promise.all(leased.map(({ slot }) => daemon.client.revoke({ slot })));
  });
  afterAll(() => daemon.remove());

  const post = async (path: string, body: object): Promise<Answer> => {
    const response = await daemon.post(path, body);
    return { status: response.status, body: await response.json() };
  };
  const take = (handle: string): Promise<Answer> => post(`/leases/${handle}/control`, { action: 'take' });
  const ask = ({ handle, leaseToken }: LeaseView, more = {}): Promise<Answer> =>
    post(`/leases/${handle}/ask`, { lease_token: leaseToken, reason: 'Help.', ...more });

  it.each([
    ['slot', 1],
    ['labels', { size: 'large' }],
    ['login', 'shop'],
    ['login', ['shop', 'bank']],
    ['update_login', true],
    ['window', true],
  ])('for %s with a handoff is refused, and the handoff stays open', async (field, wish) => {
    const { leaseToken } = await daemon.client.acquire({ holder: 'ada', slot: 0 });
    const { handoff } = await daemon.client.handoff({ leaseToken, to: 'ben' });
    expect(await post('/acquire', { holder: 'ben', handoff, [field]: wish })).toMatchObject({
      status: 400,
      body: { error: 'bad_request', details: { field } },
    });
    const taken = await post('/acquire', { holder: 'ben', handoff, wait_s: 0, window: false });
    expect(taken).toMatchObject({ status: 200, body: { slot: 0, holder: 'ben' } });
  });

  it('to update no login names the field as it was sent', async () => {
    expect(await post('/acquire', { holder: 'ada', update_login: true })).toMatchObject({
      body: { error: 'bad_request', details: { field: 'update_login' } },
    });
  });

  it('to take over by the handle of a lease that has ended is told how it ended, after a restart too', async () => {
    const { leaseToken, handle } = await daemon.client.acquire({ holder: 'ada', slot: 0 });
    await daemon.client.release({ leaseToken });
    await daemon.client.acquire({ holder: 'next', slot: 0 });
    for (const restart of [async () => {}, () => daemon.restart()]) {
      await restart();
      expect(await take(handle)).toMatchObject({
        status: 410,
        body: { error: 'lease_ended', details: { how: 'released', ended_at: expect.any(Number) } },
      });
    }
  });

  it.each(['slot-1', 'slot-00', 'nobody', 'constructor', '__proto__'])(
    'to take over %s is told that no lease has this handle',
    async (handle) => {
      await daemon.client.acquire({ holder: 'ada', slot: 0 });
      expect(await take(handle)).toMatchObject({
        status: 404,
        body: { error: 'unknown_lease', message: 'No lease has this handle.' },
      });
    },
  );

  it('to take over twice at once is granted once, and to hand back twice does no harm', async () => {
    const { handle } = await daemon.client.acquire({ holder: 'ada', slot: 0 });
    const taken = await Promise.all([take(handle), take(handle), take('slot-0')]);
    expect(taken.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
    const back = () => post(`/leases/${handle}/control`, { action: 'return' });
    expect((await Promise.all([back(), back()])).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('that repeats a question by its id after the lease ended is told how it ended', async () => {
    const lease = await daemon.client.acquire({ holder: 'ada', slot: 0, ttlS: 600 });
    const asked = { request_id: 'question-1', timeout_s: 600 };
    const waiting = [ask(lease, asked), ask(lease, asked)];
    await until(() => daemon.state.leases.get('slot-0')?.asks.length === 1);
    await daemon.client.release({ leaseToken: lease.leaseToken });
    const ended = { status: 410, body: { error: 'lease_ended', details: { how: 'released' } } };
    for (const answer of await Promise.all(waiting)) expect(answer).toMatchObject(ended);
    expect(await ask(lease, asked)).toMatchObject(ended);
    await daemon.restart();
    expect(await ask(lease, asked)).toMatchObject(ended);
  });

  it('that asks more than may be open is told to wait for an answer, and not to give up a lease', async () => {
    const lease = await daemon.client.acquire({ holder: 'ada', slot: 0, ttlS: 600 });
    const open = [1, 2, 3, 4].map((at) => ask(lease, { reason: `Question ${at}.`, timeout_s: 600 }));
    await until(() => daemon.state.leases.get('slot-0')?.asks.length === 4);
    expect(await ask(lease)).toMatchObject({
      status: 409,
      body: { error: 'quota_exceeded', hint: expect.stringContaining('answered') },
    });
    await daemon.client.release({ leaseToken: lease.leaseToken });
    await Promise.all(open);
  });
});
