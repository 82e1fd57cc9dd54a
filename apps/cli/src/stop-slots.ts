import type { PoolFile, StateDirectory } from '@escarp/broker';
import {
  createBrowserSlots,
  createLog,
  DaemonError,
  machineIdentity,
  openStateDirectory,
  readPoolFile,
  readRecords,
  SlotLocks,
} from '@escarp/broker';
import { tiers } from '@escarp/contract';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { installationOf } from './installation.js';

/**
 * Ends every browser of this state directory's pool, with its display or bundle, except those of the slots to be left
 * alone. Resolves with those that were running. The daemon must not be running. If `pool.json` cannot be understood,
 * the browsers are ended all the same: then what the launch records name is ended, in every tier.
 */
export async function stopSlots(cli: Cli, except: readonly number[] = []): Promise<number[]> {
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  const recorded = await readRecords(directory);
  const pool = await understoodPool(cli, directory);
  if (pool === undefined) return [];
  const known = new Set([...(pool?.slots ?? []), ...recorded.map(({ slot }) => slot)]);
  const all = [...known].filter((slot) => !except.includes(slot)).toSorted((a, b) => a - b);
  const { shortTmp } = cli;
  const ports = pool && { cdpBase: pool.cdpBase, shortTmp };
  const locks = new SlotLocks(directory.locks, ports ?? undefined);
  try {
    for (const slot of all) await locks.take(slot);
    if (pool !== null) await stopAll(cli, pool, all);
    else for (const tier of tiers) await stopAll(cli, unknownPool(cli, tier), all);
  } finally {
    await locks.releaseAll();
  }
  return all.filter((slot) => recorded.some((record) => record.slot === slot && record.isRunning));
}

/** Undefined if there is no pool, null if there is one that cannot be understood. */
async function understoodPool(cli: Cli, directory: StateDirectory): Promise<PoolFile | undefined | null> {
  try {
    return await readPoolFile(directory.pool);
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    say(cli, `${error.message} Going by what is recorded of each launch.`);
    return null;
  }
}

/** Of these, only the tier and the kind of window matter for ending a browser. */
function unknownPool({ platform, settings }: Cli, tier: PoolFile['tier']): PoolFile {
  return {
    slots: [],
    cdpBase: settings.cdpBase,
    headless: false,
    displays: platform === 'linux',
    cuaApps: platform === 'darwin',
    tier,
  };
}

async function stopAll(cli: Cli, pool: PoolFile, all: readonly number[]): Promise<void> {
  const installation = installationOf(cli);
  const { machine } = installation;
  const identity = machineIdentity(installation, pool);
  const slots = createBrowserSlots({
    settings: cli.settings,
    pool,
    identity,
    browserPath: '',
    log: createLog('error', cli.clocks.wallMs, (line) => cli.stderr.write(line)),
    machine,
  });
  try {
    await Promise.all(
      all.map(async (slot) => {
        await slots.stop(slot);
        await identity.remove(slot);
      }),
    );
  } finally {
    await slots.close();
  }
}
