import type { BrokerOptions } from '../broker.js';
import { createLog, fileLogWriter, type Log } from '../log.js';
import { openStateDirectory, type StateDirectory } from '../state-directory/state-directory.js';
import { withApiToken } from './api-token.js';
import { ensurePool } from './ensure-pool.js';
import type { Installation } from './installation.js';
import { machineIdentity } from './machine-identity.js';
import { openVault } from './open-vault.js';
import type { PoolRequest } from './pool-request.js';

export interface BrokerRequest extends PoolRequest {
  /** Whether browsers that are missing are launched. */
  readonly heal: boolean;
  /**
   * True makes a token that every caller must then show, false deletes it; without either, an existing one stays in
   * force.
   */
  readonly requireToken?: boolean | undefined;
}

/** What assembling a broker needs from the process that assembles it. */
export interface AssemblyPorts {
  /** Path of the browser to launch. Rejects with `browser_missing`. */
  readonly browser: () => Promise<string>;
  /** Gets each line of the log, in addition to the file. */
  readonly echoLog?: ((line: string) => void) | undefined;
}

const logBytesMax = 5_000_000;

/**
 * Everything a broker needs, read from this machine, or created if it is missing. Throws `state_directory_unusable`,
 * `bad_setting`, `ports_taken`, `pool_runs_otherwise`, and whatever the ports throw.
 */
export async function assembleBroker(
  installation: Installation,
  request: BrokerRequest,
  { browser, echoLog }: AssemblyPorts,
): Promise<BrokerOptions> {
  const { machine } = installation;
  const directory = await openStateDirectory(installation.settings.home, machine.uid);
  const pool = await ensurePool(installation, directory, request);
  const browserPath = await browser();
  return {
    directory,
    pool,
    settings: await withApiToken(installation, directory, request.requireToken),
    heal: request.heal,
    vault: openVault(installation),
    browserPath,
    identity: machineIdentity(installation, pool),
    log: brokerLog(installation, directory, echoLog),
    machine,
  };
}

function brokerLog(
  { machine, settings }: Installation,
  directory: StateDirectory,
  echo: (line: string) => void = () => {},
): Log {
  const toFile = fileLogWriter(directory.log, logBytesMax);
  return createLog(settings.logLevel, machine.clocks.wallMs, (line) => {
    toFile(line);
    echo(line);
  });
}
