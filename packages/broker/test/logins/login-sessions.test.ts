import { EventEmitter, once } from 'node:events';
import type { Lease } from '@escarp/lease-registry';
import type { DevtoolsConnection } from '@escarp/slot-pool';
import { describe, expect, test, vi } from 'vitest';
import { LoginSessions } from '../../src/logins/login-sessions.js';
import type { LoginSessionsOptions } from '../../src/logins/login-sessions.js';
import type { SavedLogins } from '../../src/logins/saved-logins.js';
import type { SlotDriver } from '../../src/slots/slot-driver.js';

describe('passkeys that a new daemon lends again', () => {
  test.each([
    ['its lease ends', 0, (sessions: LoginSessions) => sessions.end(endOfLease, driverOf([]))],
    ['its lease ends', 1, (sessions: LoginSessions) => sessions.end(endOfLease, driverOf([]))],
    ['the daemon does', 0, async (sessions: LoginSessions) => sessions.close()],
    ['the daemon does', 1, async (sessions: LoginSessions) => sessions.close()],
  ])('are lent to nobody when %s before connection %i is there', async (_what, late, end) => {
    const connections = [connection(), connection()];
    const arrivals = connections.map(arrival);
    const driver = driverOf(arrivals.map(({ promise }) => promise));
    const sessions = new LoginSessions(options);
    const resuming = sessions.resume(lease, driver);
    for (const at of connections.keys()) {
      await vi.waitFor(() => expect(driver.connect).toHaveBeenCalledTimes(at + 1));
      if (at === late) await end(sessions);
      arrivals[at]?.resolve(connections[at] as DevtoolsConnection);
      if (at === late) break;
    }
    await resuming;
    for (const { close, send } of connections.slice(0, late + 1)) {
      expect(close).toHaveBeenCalled();
      expect(send).not.toHaveBeenCalled();
    }
    expect(driver.connect).toHaveBeenCalledTimes(late + 1);
  });
});

function arrival() {
  const news = new EventEmitter<{ arrived: [DevtoolsConnection] }>();
  return {
    promise: once(news, 'arrived').then(([arrived]) => arrived as DevtoolsConnection),
    resolve: (arrived: DevtoolsConnection) => news.emit('arrived', arrived),
  };
}

describe('a slot that is being signed in', () => {
  test.each([
    ['its login is opened', ['open']],
    ['its browser is started on a profile', ['open', 'profile']],
    ['its browser is connected to', ['open', 'profile', 'connect']],
  ])('is not touched any more when its lease has ended while %s', async (_what, stages) => {
    const reached: string[] = [];
    const reach = async (stage: string): Promise<void> => {
      reached.push(stage);
      if (stage === stages.at(-1)) await sessions.end(endOfLease, driverOf([]));
    };
    const { send, close, ...connected } = connection();
    const driver = {
      facts: () => undefined,
      withProfile: () => reach('profile'),
      connect: () => reach('connect').then(() => ({ ...connected, send, close })),
    } as unknown as SlotDriver;
    const openReady = () => reach('open').then(() => ({ metadata: { form: 'profile' }, state: {} }));
    const sessions = new LoginSessions({ ...options, logins: { openReady } as unknown as SavedLogins });
    await expect(sessions.prepare(lease, driver)).rejects.toMatchObject({ code: 'lease_ended' });
    expect(reached).toEqual(stages);
    expect(send).not.toHaveBeenCalled();
    expect(close).toHaveBeenCalledTimes(reached.includes('connect') ? 1 : 0);
  });

  test('is not found signed out because its browser ended', async () => {
    const foundSignedOut = vi.fn<SavedLogins['foundSignedOut']>();
    const check = { url: 'https://shop.example/', text: 'Sign out' };
    const openReady = async () => ({
      metadata: { form: 'state', check },
      state: { cookies: [], origins: [], passkeys: [] },
    });
    const logins = { openReady, foundSignedOut } as unknown as SavedLogins;
    const lost = { ...connection(), closed: Promise.resolve() };
    const sessions = new LoginSessions({ ...options, logins });
    const preparing = sessions.prepare(lease, driverOf([Promise.resolve(lost)]));
    await expect(preparing).rejects.toMatchObject({ code: 'browser_launch_failed' });
    expect(foundSignedOut).not.toHaveBeenCalled();
  });
});

const lease = {
  key: 'slot-0',
  fence: 1,
  preparing: false,
  claims: [{ name: 'shop', version: 1, mode: 'use' }],
} as unknown as Lease;

const endOfLease = { key: 'slot-0', claims: [], ended: { how: 'expired' } } as unknown as Parameters<
  LoginSessions['end']
>[0];

const options = {
  logins: {
    open: async () => ({ metadata: {}, state: { passkeys: [{ credentialId: 'key', signCount: 0 }] } }),
  },
  wallMs: () => 0,
  log: { warn: () => {} },
  announce: async () => {},
} as unknown as LoginSessionsOptions;

function driverOf(connecting: readonly Promise<DevtoolsConnection>[]) {
  const left = [...connecting];
  const connect = vi.fn<SlotDriver['connect']>(async () => {
    const next = left.shift();
    if (next === undefined) throw new Error('Nobody else connects.');
    return next;
  });
  return { connect, facts: () => undefined } as unknown as SlotDriver & { connect: typeof connect };
}

function connection() {
  return {
    send: vi.fn<DevtoolsConnection['send']>(async () => ({})),
    close: vi.fn<() => void>(),
    closed: new Promise<void>(() => {}),
    onEvent: () => () => {},
  };
}
