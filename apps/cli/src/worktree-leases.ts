import { createHash } from 'node:crypto';
import { isAlive } from '@escarp/broker/home';
import type { LeaseMemory } from '@escarp/mcp-server';
import { claimPlace, takeClaim } from '@escarp/owned-files';
import type { Cli } from './cli.js';
import { daemonConnection } from './find-daemon.js';
import { heldLeases, rememberLease } from './held-leases.js';
import { readWorktree } from './worktree.js';

/**
 * The leases of this working tree's sessions, kept with those of the command line, so that a resumed session continues
 * with what the one before it held. A lease whose session is still running belongs to that session. `origins` says which
 * daemon granted the leases of this session, by their tokens.
 */
export function worktreeLeases(cli: Cli, origins: Map<string, string>): LeaseMemory {
  let remembering = Promise.resolve();
  return {
    reattach: async (broker) => {
      const { root } = await readWorktree(cli.cwd);
      const origin = await presentOrigin(cli);
      if (origin === undefined) return undefined;
      for (const { leaseToken, worktree, sessionPid } of await heldLeases(cli, origin)) {
        if (worktree !== root || sessionPid === undefined || isAlive(sessionPid)) continue;
        // Several sessions may be resumed at once, and each has read that nobody holds this one.
        const claim = await takeClaim(claimOf(leaseToken), claimPlace(cli.shortTmp, cli.platform));
        if (claim === undefined) continue;
        origins.set(leaseToken, origin);
        const lease = await broker.heartbeat({ leaseToken }).catch(() => undefined);
        if (lease !== undefined) return lease;
        await claim.release();
      }
      return undefined;
    },
    remember: (lease) => {
      const origin = origins.get(lease.leaseToken);
      if (origin === undefined) return;
      const session = { sessionPid: process.pid, clientPid: process.ppid };
      // In order, because the last lease of a slot is the one to continue.
      remembering = remembering
        .then(async () => rememberLease(cli, lease, origin, session))
        .catch((error: unknown) => {
          cli.stderr.write(`escarp: the lease cannot be continued by a later session: ${String(error)}\n`);
        });
    },
  };
}

/** Undefined where no daemon answers: then there is nothing to continue. */
async function presentOrigin(cli: Cli): Promise<string | undefined> {
  return daemonConnection(cli).then(
    ({ origin }) => origin,
    () => undefined,
  );
}

/** Every user of the machine can read the name of a claim, but nobody may read a token. */
const claimOf = (leaseToken: string) =>
  `lease-${createHash('sha256').update(leaseToken).digest('hex').slice(0, claimDigits)}`;

/** Few enough for the path of a socket on macOS. */
const claimDigits = 32;
