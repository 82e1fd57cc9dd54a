import { slotsMax } from '@escarp/contract';
import { OperationError } from '@escarp/transport/client';
import { DaemonError } from '../errors.js';
import { freeCdpBase } from '../slots/pool-ports.js';
import { readRecords } from '../slots/recorded-slots.js';
import type { PoolFile } from '../state-directory/pool-file.js';
import { readPoolFile, writePoolFile } from '../state-directory/pool-file.js';
import type { StateDirectory } from '../state-directory/state-directory.js';
import type { Installation } from './installation.js';
import type { PoolRequest } from './pool-request.js';
import { poolWords } from './pool-request.js';

const sizeDefault = 4;

/**
 * The pool that is configured here, made or changed as asked. Throws `pool_runs_otherwise` where browsers that run would
 * have to be launched anew for it, `ports_taken`, and `bad_setting` for a size that no pool can have.
 */
export async function ensurePool(
  installation: Installation,
  directory: StateDirectory,
  request: PoolRequest,
): Promise<PoolFile> {
  refuseUnfitSize(request.poolSize);
  const before = await readPoolFile(directory.pool);
  const pool = await describePool(installation, before, request);
  if (before !== undefined) await refuseWhileRunning(directory, poolDifferences(before, pool), request);
  if (JSON.stringify(pool) !== JSON.stringify(before))
    await writePoolFile(directory.pool, pool, installation.machine.clocks.newId);
  return pool;
}

/** A program may pass anything. */
function refuseUnfitSize(size = 1): void {
  if (Number.isInteger(size) && size >= 1 && size <= slotsMax) return;
  const message = `A pool cannot have the size ${size}.`;
  throw new DaemonError('bad_setting', message, `Give a whole number from 1 to ${slotsMax}.`);
}

async function describePool(
  installation: Installation,
  before: PoolFile | undefined,
  request: PoolRequest,
): Promise<PoolFile> {
  const size = request.poolSize ?? installation.settings.poolSize;
  const isKept = before !== undefined && (size === undefined || size === before.slots.length);
  const wanted = size ?? sizeDefault;
  const slots = isKept ? before.slots : Array.from({ length: wanted }, (_, slot) => slot);
  const cdpBase = await chosenCdpBase(installation, before, request, wanted);
  const spares = request.spares ?? installation.settings.spares ?? before?.spares ?? false;
  return { ...launchedAs(before, request), slots, cdpBase, spares };
}

/** A pool that there is, as the request would have it launched. */
export function wantedPool(has: PoolFile, request: PoolRequest): PoolFile {
  const spares = request.spares ?? has.spares ?? false;
  return { ...has, ...launchedAs(has, request), cdpBase: request.cdpBasePort ?? has.cdpBase, spares };
}

function launchedAs(
  before: PoolFile | undefined,
  request: PoolRequest,
): Pick<PoolFile, 'headless' | 'displays' | 'cuaApps' | 'tier'> {
  const displays = request.displays ?? before?.displays ?? false;
  const cuaApps = request.cuaApps ?? before?.cuaApps ?? false;
  return {
    headless: headlessOf(before, request, displays || cuaApps),
    displays,
    cuaApps,
    tier: request.tier ?? before?.tier ?? 'autonomous',
  };
}

/** A pool whose displays or applications are unsaid has no windows any more, unless they were asked for. */
function headlessOf(before: PoolFile | undefined, request: PoolRequest, hasOwn: boolean): boolean {
  if (request.headless !== undefined || hasOwn) return request.headless ?? false;
  const lostThem = before !== undefined && (before.displays || before.cuaApps);
  return lostThem || (before?.headless ?? true);
}

/** What of a pool only a launch can change, in words of the command line; its size is no part of it. */
export function poolDifferences(has: PoolFile, wanted: PoolFile): string[] {
  const named = [
    ['', windowsOf(has), windowsOf(wanted)],
    ['--tier ', has.tier, wanted.tier],
    ['--cdp-base-port ', String(has.cdpBase), String(wanted.cdpBase)],
  ] as const;
  return named
    .filter(([, now, then]) => now !== then)
    .map(([what, now, then]) => `${what}${now}, not ${then}`);
}

function windowsOf({ headless, displays, cuaApps }: PoolFile): string {
  if (headless) return '--headless';
  return displays ? '--displays' : cuaApps ? '--cua-apps' : '--headed';
}

/** A browser that runs would be adopted as it is, whatever the file says. */
async function refuseWhileRunning(
  directory: StateDirectory,
  differences: readonly string[],
  request: PoolRequest,
): Promise<void> {
  if (differences.length === 0) return;
  const running = (await readRecords(directory)).filter(({ isRunning }) => isRunning);
  if (running.length > 0) throw runsOtherwise(differences, request);
}

/** The refusal to change a pool that runs: names each difference, and the command that applies it. */
export function runsOtherwise(differences: readonly string[], request: PoolRequest): OperationError {
  const words = ['escarp down && escarp up', ...poolWords(request)].join(' ');
  return new OperationError('pool_runs_otherwise', {
    message: `The pool is running with ${differences.join('; with ')}.`,
    hint: `To change that, which ends its leases and browsers: ${words}`,
  });
}

/** Ports once chosen stay: they are part of a slot's identity. A new pool steps over ports that are taken. */
async function chosenCdpBase(
  { machine, settings }: Installation,
  before: PoolFile | undefined,
  { cdpBasePort }: PoolRequest,
  size: number,
): Promise<number> {
  if (cdpBasePort !== undefined) return cdpBasePort;
  if (before !== undefined) return before.cdpBase;
  const fixed = machine.environment['ESCARP_CDP_BASE'] !== undefined;
  return fixed ? settings.cdpBase : freeCdpBase(settings.cdpBase, size);
}
