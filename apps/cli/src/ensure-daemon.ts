import { openStateDirectory } from '@escarp/daemon/home';
import { startInBackground } from './background-daemon.js';
import { searchBrowser } from './browser-search.js';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import type { PoolRequest } from './ensure-pool.js';
import { ensurePool } from './ensure-pool.js';
import { findDaemonUrl } from './find-daemon.js';

/** The daemon that runs, or one started in the background with the pool as asked. Browsers come up after it. */
export async function ensureDaemon(
  cli: Cli,
  request: PoolRequest = {},
  daemonArguments: readonly string[] = [],
): Promise<string> {
  const running = await findDaemonUrl(cli);
  if (running !== undefined) return running;
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  const pool = await ensurePool(cli, directory, request);
  await searchBrowser(cli);
  const { url } = await startInBackground(cli, daemonArguments);
  say(cli, `Launching ${pool.slots.length} slots`);
  return url;
}
