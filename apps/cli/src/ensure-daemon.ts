import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import type { KernelLock, StateDirectory } from '@escarp/broker/home';
import { openStateDirectory, takeKernelLock } from '@escarp/broker/home';
import { startInBackground } from './background-daemon.js';
import { poolBrowser } from './browser-search.js';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import type { PoolRequest } from './ensure-pool.js';
import { ensurePool } from './ensure-pool.js';
import { clientAt, findDaemonUrl } from './find-daemon.js';
import { counted } from './print/quantities.js';

const everyMs = 100;

/** The daemon that runs, or one started in the background with the pool as asked. Browsers come up after it. */
export async function ensureDaemon(
  cli: Cli,
  request: PoolRequest = {},
  daemonArguments: readonly string[] = [],
): Promise<string> {
  const running = await findDaemonUrl(cli);
  if (running !== undefined) return running;
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  const turn = await takeTurn(cli, directory);
  try {
    return (await findDaemonUrl(cli)) ?? (await startDaemon(cli, directory, request, daemonArguments));
  } finally {
    await turn.release();
  }
}

/** The same for a command that leases at once: of a pool that it had to start it waits for the first browser. */
export async function ensureBrowser(cli: Cli): Promise<string> {
  const running = await findDaemonUrl(cli);
  if (running !== undefined) return running;
  const url = await ensureDaemon(cli);
  const client = await clientAt(cli, url);
  for (;;) {
    const { slots } = await client.status();
    const waiting = slots.some(({ state }) => state === 'starting' || state === 'resetting');
    if (!waiting || slots.some(({ state }) => state === 'free')) return url;
    await pause(everyMs, undefined, { signal: cli.interrupted });
  }
}

/** Several agents may begin at the same moment: one of them starts the daemon, and the others wait for it. */
async function takeTurn(cli: Cli, { locks }: StateDirectory): Promise<KernelLock> {
  for (;;) {
    const lock = await takeKernelLock(join(locks, 'start.lock'));
    if (lock !== undefined) return lock;
    await pause(everyMs, undefined, { signal: cli.interrupted });
  }
}

async function startDaemon(
  cli: Cli,
  directory: StateDirectory,
  request: PoolRequest,
  daemonArguments: readonly string[],
): Promise<string> {
  const pool = await ensurePool(cli, directory, request);
  await poolBrowser(cli);
  // What was typed counts for more than the environment, which the daemon reads again.
  const env = { ...cli.env, ESCARP_POOL_SIZE: String(pool.slots.length) };
  const { url } = await startInBackground({ ...cli, env }, daemonArguments);
  say(cli, `Launching ${counted(pool.slots.length, 'slot')}`);
  return url;
}
