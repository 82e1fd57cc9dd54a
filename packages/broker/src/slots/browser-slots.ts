import type { IdentityDriver } from '@escarp/os-identity';
import { launchCommand, wmClassOf } from '@escarp/os-identity';
import type { SlotPool, SlotSpec, SpareOptions } from '@escarp/slot-pool';
import { createSlotPool, PoolError } from '@escarp/slot-pool';
import type { Log } from '../log.js';
import type { Machine } from '../machine.js';
import { browserEnvironment } from '../machine.js';
import type { PoolFile } from '../state-directory/pool-file.js';
import type { Settings } from '../settings.js';
import { cdpPortOf } from './pool-ports.js';
import { resetPolicyOf } from './reset-policy.js';
import { windowSizeOf } from './window-size.js';

export interface BrowserSlotsOptions {
  readonly settings: Settings;
  readonly machine: Machine;
  readonly identity: IdentityDriver;
  readonly log: Log;
  readonly browserPath: string;
  readonly pool: PoolFile;
  /** Whether a slot of a headless pool is to have a window now; none is if absent. */
  readonly hasWindow?: (slot: number) => boolean;
}

/** A pool of browsers that are launched as this machine's windowing asks for. */
export function createBrowserSlots(options: BrowserSlotsOptions): SlotPool {
  const { settings, machine, log } = options;
  const { clocks } = machine;
  return createSlotPool({
    home: settings.home,
    shortTmp: machine.shortTmp,
    host: { platform: supported(machine.platform), isRoot: machine.uid === 0 },
    ports: {
      now: clocks.wallMs,
      monotonicMs: clocks.monotonicMs,
      newId: clocks.newId,
      log: ({ level, message, slot, details }) => log[level](message, { slot, ...details }),
    },
    ...(options.pool.spares === true && { spares: spareOptions(options) }),
    specOf: (index) => specOf(index, options),
  });
}

function spareOptions(options: BrowserSlotsOptions): SpareOptions {
  const { machine } = options;
  const obstacle = spareObstacle(options);
  return {
    availableBytes: () => machine.availableMemoryBytes?.(),
    ...(obstacle !== undefined && { obstacle }),
  };
}

/** Why no slot of the pool can have a spare. */
function spareObstacle(options: BrowserSlotsOptions): string | undefined {
  const { headless, tier } = options.pool;
  const policy = resetPolicyOf(options);
  if (!headless) return 'Only a browser without a window can wait.';
  if (tier === 'supervised') return 'A supervised slot keeps its profile.';
  return policy === 'recycle' ? undefined : `Only a recycle uses them, and slots are reset by ${policy}.`;
}

function supported(platform: NodeJS.Platform): 'linux' | 'darwin' {
  if (platform === 'linux' || platform === 'darwin') return platform;
  throw new PoolError('browser_missing', `escarp runs on Linux and macOS, not on ${platform}.`);
}

function specOf(index: number, options: BrowserSlotsOptions): SlotSpec {
  const { pool, settings, machine, identity, browserPath, hasWindow } = options;
  const headless = pool.headless && hasWindow?.(index) !== true;
  const spec = {
    index,
    port: cdpPortOf(index, pool.cdpBase),
    tier: pool.tier,
    headless,
    binary: browserPath,
    wmClass: wmClassOf(index),
    bounds: { left: 0, top: 0, ...windowSizeOf(pool) },
    extraArgs: settings.chromeArgs,
    env: browserEnvironment(machine),
  };
  return {
    ...spec,
    launchCommand: async (chromeArguments, env, purpose) => {
      if (!headless)
        return launchCommand(await identity.prepare(index, browserPath, purpose), chromeArguments, env);
      // A display that the last holder had is gone before anything runs for the next.
      await identity.remove(index);
      return { command: browserPath, arguments: chromeArguments, environment: {}, handsOver: false };
    },
  };
}
