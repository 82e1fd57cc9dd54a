import { createBrowserSlots, createLog, openStateDirectory, readPoolFile, SlotLocks } from '@escarp/broker';
import { identityDriver } from './assemble-daemon.js';
import type { Cli } from './cli.js';
import { recordedSlots } from './recorded-slots.js';

/** Ends every browser of this state directory's pool, with its display or bundle. The daemon must be gone. */
export async function stopSlots(cli: Cli): Promise<number[]> {
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  const pool = await readPoolFile(directory.pool);
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
  const recorded = await recordedSlots(directory);
  const all = [...new Set([...pool.slots, ...recorded])].toSorted((a, b) => a - b);
  for (const slot of all) await locks.take(slot);
  await Promise.all(
    all.map(async (slot) => {
      await slots.stop(slot);
      await identity.remove(slot);
    }),
  );
  await slots.close();
  await locks.releaseAll();
  return all;
}
