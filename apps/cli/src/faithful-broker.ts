import type { LeaseBroker } from '@escarp/transport/mcp';
import { OperationError } from '@escarp/transport/client';
import type { DaemonConnection } from './find-daemon.js';

/**
 * What a session calls while its daemon may be replaced by another: it sends the token of a lease to the daemon that granted
 * it, and to no other that is found in its place. `origins` says where each token came from, and learns of new ones.
 */
export function faithfulBroker(
  { client, origin }: DaemonConnection,
  origins: Map<string, string>,
): LeaseBroker {
  const refuseForeign = (leaseToken: string): void => {
    // Its own daemon may come back.
    if ((origins.get(leaseToken) ?? origin) !== origin) throw new OperationError('daemon_unreachable');
  };
  return {
    status: (...given) => client.status(...given),
    acquire: async (...given) => {
      const lease = await client.acquire(...given);
      origins.set(lease.leaseToken, origin);
      return lease;
    },
    heartbeat: async (input, ...given) => {
      refuseForeign(input.leaseToken);
      return client.heartbeat(input, ...given);
    },
    release: async (input, ...given) => {
      refuseForeign(input.leaseToken);
      const slot = await client.release(input, ...given);
      origins.delete(input.leaseToken);
      return slot;
    },
    ask: async (input, ...given) => {
      refuseForeign(input.leaseToken);
      return client.ask(input, ...given);
    },
  };
}
