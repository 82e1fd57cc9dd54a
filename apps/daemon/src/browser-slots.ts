import type { IdentityDriver } from '@escarp/os-identity';
import type { SlotPool, SlotSpec } from '@escarp/slot-pool';
import { createSlotPool, PoolError } from '@escarp/slot-pool';
import type { Log } from './log.js';
import type { Machine } from './machine.js';
import { browserEnvironment } from './machine.js';
import type { PoolFile } from './pool-file.js';
import type { Settings } from './settings.js';

export interface BrowserSlotsOptions {
  readonly settings: Settings;
  readonly machine: Machine;
  readonly identity: IdentityDriver;
  readonly log: Log;
  readonly browserPath: string;
  readonly pool: PoolFile;
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
    specOf: (index) => specOf(index, options),
  });
}

function supported(platform: NodeJS.Platform): 'linux' | 'darwin' {
  if (platform === 'linux' || platform === 'darwin') return platform;
  throw new PoolError('browser_missing', `escarp runs on Linux and macOS, not on ${platform}.`);
}

async function specOf(index: number, options: BrowserSlotsOptions): Promise<SlotSpec> {
  const { pool, settings, machine, browserPath } = options;
  const common = {
    index,
    port: pool.cdpBase + index,
    tier: pool.tier,
    headless: pool.headless,
    wmClass: `escarp-slot${index}`,
    bounds: { left: 0, top: 0, width: 1280, height: 800 },
  };
  const env = browserEnvironment(machine);
  if (pool.headless) return { ...common, binary: browserPath, extraArgs: settings.chromeArgs, env };
  const prepared = await options.identity.prepare(index, browserPath);
  return {
    ...common,
    binary: prepared.executablePath,
    extraArgs: [...prepared.arguments, ...settings.chromeArgs],
    env: withChanges(env, prepared.environment),
  };
}

function withChanges(
  env: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged = Object.entries({ ...env, ...changes });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}
