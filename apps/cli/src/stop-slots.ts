import {
  createBrowserSlots,
  createLog,
  DaemonError,
  openStateDirectory,
  readPoolFile,
  SlotLocks,
} from '@escarp/broker';
import type { PoolFile, StateDirectory } from '@escarp/broker';
import { identityDriver } from './assemble-daemon.js';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import type { RecordedSlot } from './recorded-slots.js';
import { readRecords } from './recorded-slots.js';

/**
 * Ends every browser of this state directory's pool, with its display or bundle. Resolves with those that were running.
 * The daemon must be gone.
 */
export async function stopSlots(cli: Cli): Promise<number[]> {
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  const recorded = await readRecords(directory);
  const pool = await poolOf(cli, directory, recorded);
  if (pool === undefined) return [];
  const identity = identityDriver(cli, pool);
  const slots = createBrowserSlots({
    settings: cli.settings,
    pool,
    identity,
    browserPath: '',
    log: createLog('error', cli.clocks.wallMs, (line) => cli.stderr.write(line)),
    machine: {
      platform: cli.platform,
      uid: cli.uid,
      pid: cli.pid,
      environment: cli.env,
      shortTmp: cli.shortTmp,
      clocks: cli.clocks,
    },
  });
  const locks = new SlotLocks(directory.locks);
  const all = [...new Set([...pool.slots, ...recorded.map(({ slot }) => slot)])].toSorted((a, b) => a - b);
  for (const slot of all) await locks.take(slot);
  await Promise.all(
    all.map(async (slot) => {
      await slots.stop(slot);
      await identity.remove(slot);
    }),
  );
  await slots.close();
  await locks.releaseAll();
  return all.filter((slot) => recorded.some((record) => record.slot === slot && record.isRunning));
}

/** Taking down must not depend on a file that can be damaged: the launch records know the slots as well. */
async function poolOf(
  cli: Cli,
  directory: StateDirectory,
  recorded: readonly RecordedSlot[],
): Promise<PoolFile | undefined> {
  try {
    return await readPoolFile(directory.pool);
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    say(cli, `${error.message} Taking down what was launched.`);
    const [first] = recorded;
    if (first === undefined) return undefined;
    return {
      slots: [],
      cdpBase: first.port - first.slot,
      headless: first.headless,
      displays: !first.headless && cli.platform === 'linux',
      cuaApps: !first.headless && cli.platform === 'darwin',
      tier: first.tier,
    };
  }
}
