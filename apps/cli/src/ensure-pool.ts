import type { StateDirectory } from '@escarp/broker/home';
import { freeCdpBase } from '@escarp/broker/home';
import type { PoolFile } from '@escarp/broker/pool-file';
import { readPoolFile, writePoolFile } from '@escarp/broker/pool-file';
import type { Cli } from './cli.js';

/** What the command line asks of a pool; what it leaves open stays as it was, or as the environment has it. */
export interface PoolRequest {
  readonly poolSize?: number | undefined;
  readonly cdpBasePort?: number | undefined;
  readonly headless?: boolean | undefined;
  readonly displays?: boolean | undefined;
  readonly cuaApps?: boolean | undefined;
  readonly tier?: PoolFile['tier'] | undefined;
}

const sizeDefault = 4;

/** The pool that is configured here, made or changed as asked. */
export async function ensurePool(
  cli: Cli,
  directory: StateDirectory,
  request: PoolRequest,
): Promise<PoolFile> {
  const before = await readPoolFile(directory.pool);
  const pool = await describePool(cli, before, request);
  if (JSON.stringify(pool) !== JSON.stringify(before))
    await writePoolFile(directory.pool, pool, cli.clocks.newId);
  return pool;
}

async function describePool(cli: Cli, before: PoolFile | undefined, request: PoolRequest): Promise<PoolFile> {
  const size = request.poolSize ?? cli.settings.poolSize;
  const slots =
    before !== undefined && (size === undefined || size === before.slots.length) ? before.slots : undefined;
  const displays = request.displays ?? before?.displays ?? false;
  const cuaApps = request.cuaApps ?? before?.cuaApps ?? false;
  const wanted = size ?? sizeDefault;
  return {
    slots: slots ?? Array.from({ length: wanted }, (_, slot) => slot),
    cdpBase: await cdpBase(cli, before, request, wanted),
    headless: request.headless ?? (displays || cuaApps ? false : (before?.headless ?? true)),
    displays,
    cuaApps,
    tier: request.tier ?? before?.tier ?? 'autonomous',
  };
}

/** Ports once chosen stay: they are part of a slot's identity. A new pool steps over ports that are taken. */
async function cdpBase(
  cli: Cli,
  before: PoolFile | undefined,
  { cdpBasePort }: PoolRequest,
  size: number,
): Promise<number> {
  if (cdpBasePort !== undefined) return cdpBasePort;
  if (before !== undefined) return before.cdpBase;
  const fixed = cli.env['ESCARP_CDP_BASE'] !== undefined;
  return fixed ? cli.settings.cdpBase : freeCdpBase(cli.settings.cdpBase, size);
}
