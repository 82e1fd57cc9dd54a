import { resolve } from 'node:path';
import type { Broker, Installation } from '@escarp/broker';
import {
  assembleBroker,
  createLog,
  DaemonError,
  endAllLeases,
  handlersOf,
  openBroker,
  openStateDirectory,
  presentBrowser,
} from '@escarp/broker';
import {
  findSuitePlaywright,
  openPlaywrightEndpoint,
  type PlaywrightEndpoint,
} from '@escarp/playwright-endpoint';
import { localBroker } from '@escarp/transport';
import type { HeldLease } from '@escarp/transport/client';
import { holdLease, OperationError } from '@escarp/transport/client';
import { leaseRequest } from './lease-slot.js';
import type { Pool } from './pool.js';
import { ownInstallation } from './process-facts.js';

/** A pool of a process's own. */
export interface PoolOptions {
  /** Number of slots, from 1 to 64. */
  readonly size: number;
  /** Its state directory, which no other pool that runs may have. A relative path is below the current folder. */
  readonly home: string;
  /** Default: true. */
  readonly headless?: boolean;
}

/**
 * Starts a pool in this process. What a process that was killed has left in the state directory is taken over or ended.
 *
 * @throws DaemonError `daemon_already_running` while another process has this state directory, `bad_setting`, `ports_taken` or
 * `state_directory_unusable`; OperationError `browser_missing`.
 */
export async function startPool(options: PoolOptions): Promise<Pool> {
  // It would be the current folder: an empty word is a variable that was not set.
  if (options.home === '')
    throw new DaemonError('bad_setting', 'home is empty.', 'Name a directory for the pool, such as .escarp.');
  const installation = installationAt(resolve(options.home));
  const broker = await openOwnBroker(installation, options);
  const keeper = localBroker(handlersOf(broker, ''));
  const lease: Pool['lease'] = async (wish = {}) =>
    holdLease(keeper, await keeper.acquire(leaseRequest(wish)));
  let endpoint: Promise<PlaywrightEndpoint> | undefined;
  return {
    lease,
    playwrightEndpoint: async ({ suite = '.' } = {}) => {
      endpoint ??= serveWorkers(installation, resolve(suite), async (worker, signal) =>
        holdLease(keeper, await keeper.acquire(leaseRequest({ holder: `worker ${worker}` }), { signal })),
      );
      return (await endpoint).url;
    },
    close: async () => {
      await (await endpoint)?.close();
      await closeBroker(broker, options.size);
    },
  };
}

function installationAt(home: string): Installation {
  const own = ownInstallation();
  // The ports that it names are those of the daemon's pool; this one begins there and takes the first that are free.
  const { ESCARP_CDP_BASE: _, ...environment } = own.machine.environment;
  return { ...own, machine: { ...own.machine, environment }, settings: { ...own.settings, home } };
}

async function openOwnBroker(installation: Installation, { size, headless }: PoolOptions): Promise<Broker> {
  const { machine, settings } = installation;
  const directory = await openStateDirectory(settings.home, machine.uid);
  const log = createLog('error', machine.clocks.wallMs, () => {});
  // Leases of this pool end with its process, so those of a process that was killed are nobody's.
  await endAllLeases({ directory, clocks: machine.clocks, log });
  const request = { poolSize: size, heal: true, headless };
  return openBroker(
    await assembleBroker(installation, request, { browser: () => browserPath(installation) }),
  );
}

async function browserPath(installation: Installation): Promise<string> {
  const browser = await presentBrowser(installation);
  if (browser === undefined) throw new OperationError('browser_missing');
  return browser.path;
}

function serveWorkers(
  { machine }: Installation,
  suite: string,
  lease: (worker: number, signal: AbortSignal) => Promise<HeldLease>,
): Promise<PlaywrightEndpoint> {
  return openPlaywrightEndpoint({
    playwright: findSuitePlaywright(suite),
    env: machine.environment,
    cwd: suite,
    lease,
    newId: machine.clocks.newId,
    say: (line) => void process.stderr.write(`escarp: ${line}\n`),
  });
}

async function closeBroker(broker: Broker, size: number): Promise<void> {
  const drivers = Array.from({ length: size }, (_, slot) => broker.slots.at({ slot }).driver);
  await broker.close();
  await Promise.all(drivers.map((driver) => driver.stop()));
}
