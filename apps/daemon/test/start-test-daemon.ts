import { randomBytes, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, makeTempHome } from '@escarp/test-support';
import { runCommand } from '@escarp/child-process';
import { createIdentityDriver } from '@escarp/os-identity';
import type { Client } from '@escarp/transport';
import { createClient } from '@escarp/transport';
import type { Clocks, PoolFile, Settings } from '@escarp/broker';
import type { Daemon, DaemonOptions } from '../src/daemon.js';
import {
  createBrowserSlots,
  createLog,
  openStateDirectory,
  openVault,
  readPoolFile,
  readSettings,
  writePoolFile,
} from '@escarp/broker';
import { startDaemon } from '../src/daemon.js';
import { until } from './until.js';

export const chromium = process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium';

const realClocks: Clocks = {
  wallMs: Date.now,
  monotonicMs: () => performance.now(),
  newId: randomUUID,
  randomBytes: (size) => randomBytes(size),
};

/** A state directory with a pool in it, in which daemons can be started one after the other. */
export interface TestHome {
  readonly path: string;
  readonly settings: Settings;
  readonly logLines: string[];
  /** What a daemon here is started with, the pool as `pool.json` has it now. */
  options(changes?: Partial<DaemonOptions>): Promise<DaemonOptions>;
  start(changes?: Partial<DaemonOptions>): Promise<RunningDaemon>;
  /** Ends the browsers as `escarp down` does. No daemon may be running. */
  stopBrowsers(): Promise<void>;
  /** Takes the browsers down with everything else. */
  remove(): Promise<void>;
}

export interface RunningDaemon extends Daemon {
  readonly client: Client;
}

/** `room` is how many slots there may be in the end. */
export async function makeTestHome(
  size: number,
  env: Record<string, string> = {},
  room = size + 4,
): Promise<TestHome> {
  const temp = await makeTempHome();
  const cdpBase = await freePorts(room);
  const settings = readSettings({ ESCARP_API_PORT: '0', ESCARP_NOTIFY: 'off', ...env }, temp.path);
  const directory = await openStateDirectory(temp.path, process.getuid?.());
  await writePoolFile(directory.pool, testPool(size, cdpBase), randomUUID);
  const logLines: string[] = [];
  const started: RunningDaemon[] = [];
  const options: TestHome['options'] = async (changes = {}) => {
    const pool = (await readPoolFile(directory.pool)) ?? testPool(size, cdpBase);
    return { ...daemonOptions(settings, pool, logLines), directory, ...changes };
  };
  const start: TestHome['start'] = async (changes) => {
    const daemon = await startDaemon(await options(changes));
    const running = Object.assign(daemon, { client: clientOf(daemon.url) });
    started.push(running);
    return running;
  };
  const remove = async (): Promise<void> => {
    for (const daemon of started) await daemon.close();
    await stopBrowsers(await options(), size + 4);
    await temp.remove();
  };
  const endBrowsers = async (): Promise<void> => stopBrowsers(await options(), size + 4);
  return { path: temp.path, settings, logLines, options, start, stopBrowsers: endBrowsers, remove };
}

export function clientOf(url: string): Client {
  return createClient({ baseUrl: url, ids: randomUUID });
}

/** Takes every slot from whoever has it, and resolves when all are free. */
export async function freeAllSlots(client: Client): Promise<void> {
  await until(async () => {
    const { slots } = await client.status();
    for (const { slot, state } of slots) if (state === 'leased') await client.revoke({ slot });
    return slots.every(({ state }) => state === 'free');
  });
}

function testPool(size: number, cdpBase: number): PoolFile {
  return {
    slots: Array.from({ length: size }, (_, slot) => slot),
    cdpBase,
    headless: true,
    displays: false,
    cuaApps: false,
    tier: 'autonomous',
  };
}

async function stopBrowsers(options: DaemonOptions, size: number): Promise<void> {
  const slots = createBrowserSlots(options);
  await Promise.all(
    Array.from({ length: size }, async (_, slot) => {
      await slots.stop(slot);
      await options.identity.remove(slot);
    }),
  );
  await slots.close();
}

function daemonOptions(
  settings: Settings,
  pool: PoolFile,
  logLines: string[],
): Omit<DaemonOptions, 'directory'> {
  const machine = {
    platform: process.platform,
    uid: process.getuid?.(),
    pid: process.pid,
    environment: { ...process.env, XDG_CONFIG_HOME: undefined },
    shortTmp: tmpdir(),
    clocks: realClocks,
  };
  return {
    settings,
    pool,
    machine,
    vault: openVault({ machine, settings, userHome: join(settings.home, 'user') }),
    browserPath: chromium,
    heal: true,
    version: '0.0.0-test',
    log: createLog('debug', Date.now, (line) => logLines.push(line)),
    identity: identityDriver(settings.home),
  };
}

function identityDriver(home: string) {
  const screen = { width: 1280, height: 800 };
  const session = { display: null, authorityPath: null, waylandDisplay: null };
  return createIdentityDriver(
    process.platform,
    { home, cuaApps: false, displays: 'without_screen', screen, session },
    { run: runCommand, now: Date.now, randomBytes: (size: number) => randomBytes(size) },
  );
}
