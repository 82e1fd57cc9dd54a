import { daemonAddressAt } from '@escarp/broker/home';
import type { Client, HeldLease, LeaseView, OperationRequest } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import { allAreLeased } from './acquire-aloud.js';
import type { Cli } from './cli.js';
import { connectionAt } from './find-daemon.js';
import type { PoolForRun } from './pool-for-run.js';
import { watchLease } from './watch-lease.js';

export interface WorkerWish {
  readonly request: OperationRequest<'acquire'>;
  /** Seconds a worker waits in the queue; undefined for as long as it takes. */
  readonly waitS: number | undefined;
  /** Aborted when the worker has gone. */
  readonly left: AbortSignal;
  /** Tells the user what the worker is doing. */
  readonly say: (line: string) => void;
}

/** The longest that the daemon lets anybody wait without asking again. */
const waitMaxS = 86_400;

/** Leases a slot for one worker of a suite. Its loss is noticed at once, and not at the next heartbeat. */
export async function leaseForWorker(cli: Cli, pool: PoolForRun, wish: WorkerWish): Promise<HeldLease> {
  const url = await pool.url();
  const { client, origin } = await connectionAt(cli, url);
  const held = client.hold(await acquire(client, wish));
  const over = new AbortController();
  void watchLease(held, await daemonAddressAt(cli.settings, url), over.signal);
  return {
    lease: held.lease,
    lost: held.lost,
    renew: () => held.renew(),
    stop: () => {
      over.abort();
      held.stop();
    },
    release: async (options) => {
      over.abort();
      return held.release(options).catch(async (error: unknown) => {
        if (!isUnreachable(error)) throw error;
        // The daemon has died, and the next one would keep the slot for a lease that nobody holds any more.
        const next = await connectionAt(cli, await pool.url());
        if (next.origin !== origin) throw error;
        return next.client.release({ leaseToken: held.lease.leaseToken, ...options });
      });
    },
  };
}

/** Says so if it has to wait: a worker that waits in silence looks like one that hangs. */
async function acquire(client: Client, wish: WorkerWish): Promise<LeaseView> {
  const { request, waitS = waitMaxS, left: signal, say } = wish;
  try {
    return await client.acquire(request, { signal });
  } catch (error) {
    if (!isFull(error) || waitS === 0) throw error;
  }
  const { slots, queueLength } = await client.status();
  const before = queueLength === 0 ? '' : ` (already waiting: ${queueLength})`;
  say(`waits for a slot: ${allAreLeased(slots.length)}${before}.`);
  const lease = await client.acquire({ ...request, waitS }, { signal });
  say(`has slot ${lease.slot}.`);
  return lease;
}

function isFull(error: unknown): boolean {
  return error instanceof OperationError && error.code === 'pool_exhausted';
}

function isUnreachable(error: unknown): boolean {
  return error instanceof OperationError && error.code === 'daemon_unreachable';
}
