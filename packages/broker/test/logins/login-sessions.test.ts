import { EventEmitter, once } from 'node:events';
import type { Lease } from '@escarp/lease-registry';
import type { DevtoolsConnection } from '@escarp/slot-pool';
import { describe, expect, test, vi } from 'vitest';
import { LoginSessions } from '../../src/logins/login-sessions.js';
import type { LoginSessionsOptions } from '../../src/logins/login-sessions.js';
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
