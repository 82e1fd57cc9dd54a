import { freePorts, makeTempHome } from '@escarp/test-support';
import { randomUUID } from 'node:crypto';
import { connectDevtools, createOwnSockets, createSlotPool } from '../src/index.js';
import type {
  DevtoolsConnection,
  PoolLimits,
  PoolLogEntry,
  SlotPool,
  SlotSpec,
  SpareOptions,
} from '../src/index.js';

export interface PoolFixture {
  readonly home: string;
  readonly pool: SlotPool;
  readonly log: readonly PoolLogEntry[];
  /** A second pool on the same state directory, as a restarted daemon has it. */
  readonly another: (limits?: Partial<PoolLimits>) => SlotPool;
  readonly spec: (index: number) => SlotSpec;
  /** Stops the slots that were asked about and removes the state directory. */
  readonly end: () => Promise<void>;
}

export interface FixtureOptions {
  readonly home?: string;
  readonly spec?: Partial<SlotSpec>;
  readonly limits?: Partial<PoolLimits>;
  readonly spares?: SpareOptions;
}

/** Longer than the defaults, for a machine that is busy with other tests. */
const patient: Partial<PoolLimits> = {
  launchMs: 120_000,
  killMs: 60_000,
  portReleaseMs: 20_000,
  spareMs: 60_000,
};

export const chromeBinary = process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium';

/** A pool of two headless slots on free ports, in a state directory of its own. */
export async function makePoolFixture(options: FixtureOptions = {}): Promise<PoolFixture> {
  const temp = await makeTempHome();
  const home = options.home === undefined ? temp.path : `${temp.path}/${options.home}`;
  const firstPort = await freePorts(2);
  const log: PoolLogEntry[] = [];
  const spec = (index: number): SlotSpec => ({
    index,
    port: firstPort + index,
    tier: 'autonomous',
    headless: true,
    binary: chromeBinary,
    wmClass: `escarp-slot${index}`,
    bounds: { left: 0, top: 0, width: 1200, height: 800 },
    extraArgs: [],
    env: { PATH: process.env['PATH'] ?? '', HOME: temp.path },
    ...options.spec,
  });
  const another = (limits = options.limits ?? {}): SlotPool =>
    createSlotPool({
      home,
      shortTmp: temp.path,
      host: {
        platform: process.platform === 'darwin' ? 'darwin' : 'linux',
        isRoot: process.getuid?.() === 0,
      },
      ports: {
        now: Date.now,
        monotonicMs: () => performance.now(),
        newId: randomUUID,
        log: (entry) => log.push(entry),
      },
      limits: { ...patient, ...limits },
      ...(options.spares && { spares: options.spares }),
      specOf: spec,
    });
  const pool = another();
  const end = async (): Promise<void> => {
    await Promise.all([pool.stop(0), pool.stop(1)]);
    await pool.close();
    await temp.remove();
  };
  return { home, pool, log, another, spec, end };
}

/** A client of the slot's browser, as a holder is one. */
export function devtoolsOf(pool: SlotPool, index: number): Promise<DevtoolsConnection> {
  const wsUrl = pool.facts(index)?.cdpWsUrl ?? '';
  return connectDevtools(wsUrl, { own: createOwnSockets(), callMs: 120_000 });
}
