import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import type { KernelLock, StateDirectory } from '@escarp/broker/home';
import { openStateDirectory, waitForKernelLock } from '@escarp/broker/home';
import { ensurePool, type PoolRequest, readRecords } from '@escarp/broker/assembly';
import { startDaemonInBackground } from './background-daemon.js';
import { poolBrowser } from './browser-search.js';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { installationOf } from './installation.js';
import { lookForDaemon } from './daemon-state.js';
import { clientAt, findDaemonUrl } from './find-daemon.js';
import { counted } from './print/quantities.js';

const everyMs = 100;

/** A daemon that serves. One that ran before has not been changed by what was asked. */
export interface EnsuredDaemon {
  readonly url: string;
  readonly isNew: boolean;
}

/**
 * The daemon that runs, or one started in the background with the pool as asked. Browsers come up after it. Throws
 * `daemon_unresponsive` where one lives and does not answer.
 */
export async function ensureDaemon(
  cli: Cli,
  request: PoolRequest = {},
  daemonArguments: readonly string[] = [],
): Promise<EnsuredDaemon> {
  const running = await lookForDaemon(cli);
  if (running.kind === 'serving') return { url: running.url, isNew: false };
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  const turn = await takeTurn(cli, directory);
  try {
    const url = await findDaemonUrl(cli);
    if (url !== undefined) return { url, isNew: false };
    return { url: await startDaemon(cli, directory, request, daemonArguments), isNew: true };
  } finally {
    await turn.release();
  }
}

/** Address of a daemon that can lease at once. */
export async function ensureBrowser(cli: Cli): Promise<string> {
  return (await ensureReadyDaemon(cli)).url;
}

/** The same for a command that leases at once: of a pool that it had to start it waits for the first browser. */
export async function ensureReadyDaemon(cli: Cli): Promise<EnsuredDaemon> {
  const { url, isNew } = await ensureDaemon(cli);
  if (!isNew) return { url, isNew };
  const client = await clientAt(cli, url);
  for (;;) {
    const { slots } = await client.status();
    const waiting = slots.some(({ state }) => state === 'starting' || state === 'resetting');
    if (!waiting || slots.some(({ state }) => state === 'free')) return { url, isNew };
    await pause(everyMs, undefined, { signal: cli.interrupted });
  }
}

/** Several agents may begin at the same moment: one of them starts the program, and the others wait for it. Throws `lock_held` if that one is stopped. */
export async function takeTurn(
  { interrupted }: Pick<Cli, 'interrupted'>,
  { locks }: StateDirectory,
  name = 'start.lock',
): Promise<KernelLock> {
  return waitForKernelLock(join(locks, name), { signal: interrupted, withinMs: Infinity });
}

async function startDaemon(
  cli: Cli,
  directory: StateDirectory,
  request: PoolRequest,
  daemonArguments: readonly string[],
): Promise<string> {
  const pool = await ensurePool(installationOf(cli), directory, request);
  await poolBrowser(cli);
  // What was typed counts for more than the environment, which the daemon reads again.
  const env = {
    ...cli.env,
    ESCARP_POOL_SIZE: String(pool.slots.length),
    ESCARP_SPARES: pool.spares === true ? 'on' : 'off',
  };
  const records = await readRecords(directory);
  const { url } = await startDaemonInBackground({ ...cli, env }, daemonArguments);
  const running = records.filter(({ slot, isRunning }) => isRunning && pool.slots.includes(slot));
  say(cli, whatIsAwaited(pool.slots.length, running.length));
  return url;
}

/** Browsers that outlived their daemon are not launched, however long they may take to answer. */
function whatIsAwaited(slots: number, running: number): string {
  if (running === 0) return `Launching ${counted(slots, 'slot')}`;
  const takingOver = `Taking over ${counted(running, 'running slot')}`;
  return running === slots ? takingOver : `${takingOver}, launching ${slots - running}`;
}
