import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log, PoolFile, Settings, StateDirectory } from '@escarp/broker';
import type { DaemonOptions } from '@escarp/daemon';
import { createLog, fileLogWriter, openStateDirectory, readOrMakeSecret } from '@escarp/broker';
import { runCommand } from '@escarp/child-process';
import type { IdentityDriver } from '@escarp/os-identity';
import { removeOwned } from '@escarp/owned-files';
import { createIdentityDriver, defaultScreen } from '@escarp/os-identity';
import { poolBrowser } from './browser-search.js';
import type { Cli } from './cli.js';
import { daemonEnvironment } from './daemon-environment.js';
import { ensurePool } from './ensure-pool.js';
import type { PoolRequest } from './pool-request.js';

export interface DaemonRequest extends PoolRequest {
  readonly heal: boolean;
  /** True makes a token that every caller must then show, false forgets it; without either, one that was made counts. */
  readonly requireToken?: boolean | undefined;
  /** Also writes the log to standard error. */
  readonly logToStderr?: boolean;
}

const logBytesMax = 5_000_000;

/** Everything a daemon needs, read from this machine and made where it is missing. */
export async function assembleDaemon(cli: Cli, request: DaemonRequest): Promise<DaemonOptions> {
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  const pool = await ensurePool(cli, directory, request);
  const browser = await poolBrowser(cli);
  return {
    directory,
    pool,
    settings: await withToken(cli, directory, request),
    heal: request.heal,
    browserPath: browser.path,
    identity: identityDriver(cli, pool),
    log: daemonLog(cli, directory, request.logToStderr === true),
    version: cli.version,
    machine: {
      platform: cli.platform,
      uid: cli.uid,
      pid: cli.pid,
      environment: daemonEnvironment(cli.env),
      shortTmp: cli.shortTmp,
      clocks: cli.clocks,
    },
  };
}

async function withToken(
  cli: Cli,
  directory: StateDirectory,
  { requireToken }: DaemonRequest,
): Promise<Settings> {
  const { settings } = cli;
  if (requireToken === false) await removeOwned(directory.apiToken);
  if (settings.apiToken !== undefined) return settings;
  if (requireToken !== true && (requireToken === false || !(await isThere(directory.apiToken))))
    return settings;
  const make = (): string => Buffer.from(cli.clocks.randomBytes(32)).toString('base64url');
  return { ...settings, apiToken: await readOrMakeSecret(directory.apiToken, make) };
}

/** A link counts too: reading it is then refused, where leaving the pool open would not be noticed. */
function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function daemonLog(cli: Cli, directory: StateDirectory, toStderr: boolean): Log {
  const toFile = fileLogWriter(directory.log, logBytesMax);
  return createLog(cli.settings.logLevel, cli.clocks.wallMs, (line) => {
    toFile(line);
    if (toStderr) cli.stderr.write(line);
  });
}

/** The driver that knows this machine's windows. */
export function identityDriver(cli: Cli, pool: Pick<PoolFile, 'displays' | 'cuaApps'>): IdentityDriver {
  const { env, settings, clocks } = cli;
  return createIdentityDriver(
    cli.platform,
    {
      home: settings.home,
      cuaApps: pool.cuaApps,
      displays: pool.displays,
      screen: defaultScreen,
      session: {
        display: env['DISPLAY'] || null,
        authorityPath: env['XAUTHORITY'] || join(cli.userHome, '.Xauthority'),
        waylandDisplay: env['WAYLAND_DISPLAY'] || null,
      },
    },
    { run: runCommand, now: clocks.wallMs, randomBytes: clocks.randomBytes },
  );
}
