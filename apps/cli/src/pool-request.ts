import type { PoolRequest } from '@escarp/broker/assembly';
import { slotsMax, tiers } from '@escarp/contract';
import type { Arguments } from './arguments.js';
import type { Cli } from './cli.js';
import { UsageError } from './usage-error.js';

/** The pool options that several commands share, as typed. Throws `UsageError` for what this machine cannot do. */
export function poolRequest(cli: Pick<Cli, 'platform' | 'env'>, args: Arguments): PoolRequest {
  const poolSize = args.number('pool-size');
  if (poolSize !== undefined && !(Number.isInteger(poolSize) && poolSize >= 1 && poolSize <= slotsMax)) {
    throw new UsageError(
      `--pool-size must be a whole number from 1 to ${slotsMax}.`,
      'For example: --pool-size 4',
    );
  }
  const cdpBasePort = args.number('cdp-base-port');
  if (cdpBasePort !== undefined && !isPortOfPool(cdpBasePort)) {
    throw new UsageError(
      `--cdp-base-port must be a whole number from 1 to ${portMax - slotsMax}.`,
      'For example: --cdp-base-port 9222',
    );
  }
  const tier = tiers.find((one) => one === args.text('tier'));
  const request = { poolSize, cdpBasePort, tier, spares: args.choice('spares'), ...windowsOf(args) };
  refuseImpossible(cli, request);
  return request;
}

const portMax = 65_535;

const isPortOfPool = (port: number): boolean =>
  Number.isInteger(port) && port >= 1 && port <= portMax - slotsMax;

/** Naming one way to have windows, or none, unsays the others: what a pool was made with before must not linger. */
function windowsOf(args: Arguments): Pick<PoolRequest, 'headless' | 'displays' | 'cuaApps'> {
  const [headless, headed] = [args.choice('headless'), args.choice('headed')];
  const [displays, cuaApps] = [args.choice('displays'), args.choice('cua-apps')];
  if (headless === true || headed === false) return { headless: true, displays: false, cuaApps: false };
  if (displays === true) return { headless: false, displays: true, cuaApps: false };
  if (cuaApps === true) return { headless: false, displays: false, cuaApps: true };
  if (headed === true || headless === false) return { headless: false, displays: false, cuaApps: false };
  return { displays, cuaApps };
}

function refuseImpossible({ platform, env }: Pick<Cli, 'platform' | 'env'>, request: PoolRequest): void {
  if (request.cuaApps === true && platform !== 'darwin') {
    throw new UsageError('--cua-apps needs macOS.', elsewhere);
  }
  if (request.displays === true && platform !== 'linux') {
    throw new UsageError('--displays needs Linux.', 'Leave it out, or pass --headed.');
  }
  const needsScreen = request.headless === false && request.displays !== true;
  if (needsScreen && platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) {
    throw new UsageError('There is no screen for --headed: DISPLAY is not set.', elsewhere);
  }
}

const elsewhere = 'Pass --displays for a display of its own for each slot, or --headless for no windows.';

/** How a daemon that is started is told about its token. */
export function tokenArguments(requireToken: boolean | undefined): string[] {
  if (requireToken === undefined) return [];
  return [requireToken ? '--require-token' : '--no-require-token'];
}
