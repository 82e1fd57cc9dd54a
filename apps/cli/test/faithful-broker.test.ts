import type { Client, LeaseView } from '@escarp/transport/client';
import { describe, expect, it } from 'vitest';
import { faithfulBroker } from '../src/faithful-broker.js';

/** A daemon that notes the tokens that it is sent, and grants leases whose tokens begin with its name. */
function daemon(name: string) {
  const heard: string[] = [];
  const note = async ({ leaseToken }: { leaseToken: string }) => void heard.push(leaseToken);
  const calls = {
    heartbeat: note,
    release: note,
    ask: note,
    acquire: async () => ({ leaseToken: `${name}-1` }),
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a session calls nothing else.
  return { heard, connection: { client: calls as unknown as Client, origin: name } };
}

describe('a session whose daemon is replaced by another', () => {
  it('tells the other nothing of its leases, and goes on with them when its own is back', async () => {
    const [own, other] = [daemon('own'), daemon('other')];
    const origins = new Map<string, string>();
    const first = faithfulBroker(own.connection, origins);
    const { leaseToken } = await first.acquire({ holder: 'agent' });
    const second = faithfulBroker(other.connection, origins);
    const gone = { code: 'daemon_unreachable' };
    await expect(second.heartbeat({ leaseToken })).rejects.toMatchObject(gone);
    await expect(second.release({ leaseToken })).rejects.toMatchObject(gone);
    await expect(second.ask({ handle: 'h', leaseToken, reason: 'Help.' })).rejects.toMatchObject(gone);
    const next: LeaseView = await second.acquire({ holder: 'agent' });
    await second.heartbeat({ leaseToken: next.leaseToken });
    expect(other.heard).toEqual(['other-1']);
    await faithfulBroker(own.connection, origins).heartbeat({ leaseToken });
    expect(own.heard).toEqual(['own-1']);
  });
});
