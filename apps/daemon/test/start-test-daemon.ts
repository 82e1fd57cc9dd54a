import { randomBytes, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { makeTempHome } from '@escarp/test-support';
import { createIdentityDriver, execaRun } from '@escarp/os-identity';
import type { Client } from '@escarp/transport';
import { createClient } from '@escarp/transport';
import type { Clocks, Daemon, DaemonOptions, PoolFile, Settings } from '../src/index.js';
import { createLog, freeCdpBase, openStateDirectory, readSettings, startDaemon } from '../src/index.js';

export const chromium = process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium';

export const realClocks: Clocks = {
  wallMs: Date.now,
  monotonicMs: () => performance.now(),
  newId: randomUUID,
  randomBytes: (size) => randomBytes(size),
};

/** A state directory with a pool in it, in which daemons can be started one after the other. */
export interface TestHome {
  readonly path: string;
  readonly logLines: string[];
  start(changes?: Partial<DaemonOptions>): Promise<RunningDaemon>;
  /** Takes the browsers down with everything else. */
  remove(): Promise<void>;
}

export interface RunningDaemon extends Daemon {
  readonly client: Client;
}

let nextBase = 20_000 + (process.pid % 400) * 100;

export async function makeTestHome(size: number, env: Record<string, string> = {}): Promise<TestHome> {
  const home = await makeTempHome();
  const cdpBase = await freeCdpBase(nextBase, size);
  nextBase = cdpBase + size;
  const settings = readSettings({ ESCARP_API_PORT: '0', ...env }, home.path);
  const pool: PoolFile = {
    slots: Array.from({ length: size }, (_, slot) => slot),
    cdpBase,
    headless: true,
    displays: false,
    cuaApps: false,
    tier: 'autonomous',
  };
  const logLines: string[] = [];
  let last: RunningDaemon | undefined;
  const start = async (changes: Partial<DaemonOptions> = {}): Promise<RunningDaemon> => {
    const daemon = await startDaemon({ ...(await daemonOptions(settings, pool, logLines)), ...changes });
    last = Object.assign(daemon, { client: createClient({ baseUrl: daemon.url, ids: randomUUID }) });
    return last;
  };
  const remove = async (): Promise<void> => {
    const daemon = last;
    const slots =
      daemon?.broker.registry.state.resources.values().map(({ key }) => Number(key.slice(5))) ?? [];
    await daemon?.close();
    await Promise.all(slots.map((slot) => daemon?.broker.slots.stop(slot)));
    await daemon?.broker.slots.close();
    await home.remove();
  };
  return { path: home.path, logLines, start, remove };
}

async function daemonOptions(settings: Settings, pool: PoolFile, logLines: string[]): Promise<DaemonOptions> {
  const uid = process.getuid?.();
  return {
    directory: await openStateDirectory(settings.home, uid),
    settings,
    pool,
    browserPath: chromium,
    heal: true,
    version: '0.0.0-test',
    log: createLog('debug', Date.now, (line) => logLines.push(line)),
    identity: identityDriver(settings.home),
    machine: {
      platform: process.platform,
      uid,
      pid: process.pid,
      environment: process.env,
      shortTmp: tmpdir(),
      clocks: realClocks,
    },
  };
}

function identityDriver(home: string) {
  const screen = { width: 1280, height: 800 };
  const session = { display: null, authorityPath: null, waylandDisplay: null };
  return createIdentityDriver(
    process.platform,
    { home, cuaApps: false, displays: false, screen, session },
    { run: execaRun, now: Date.now, randomBytes: (size: number) => randomBytes(size) },
  );
}
