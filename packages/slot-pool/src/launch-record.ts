import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PoolError } from './errors.js';
import { isRecord } from './plain-data.js';

/** What is written down of a launched browser, so that a later daemon can prove it is this one. Times are epoch ms. */
export interface LaunchRecord {
  readonly pid: number;
  /** The process's start as the system's process table tells it; see ProcessEntry. */
  readonly processStartedAt: string;
  readonly port: number;
  readonly profile: string;
  readonly binary: string;
  readonly version: string;
  readonly wsUrl: string;
  readonly headless: boolean;
  readonly launchedAt: number;
  readonly relaunchedAt: number | null;
  /** Counts the launches of this slot. */
  readonly generation: number;
}

/** The record, or undefined when there is none or it cannot be understood. */
export async function readLaunchRecord(path: string): Promise<LaunchRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readPlainFile(path));
    return isLaunchRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

const recordBytesMax = 100_000;

/** Follows no link, which may lead out of the state directory, and waits for no pipe. */
async function readPlainFile(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > recordBytesMax) throw new Error('This is no launch record.');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Replaces the record in one step that a crash at any moment leaves whole. */
export async function writeLaunchRecord(path: string, record: LaunchRecord): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // Made anew, because a link in its place could lead anywhere.
    await rm(`${path}.new`, { force: true });
    const file = await open(`${path}.new`, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(record, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  } catch (cause) {
    throw new PoolError('state_directory_unusable', `The launch record ${path} cannot be written.`, {
      details: { path },
      cause,
    });
  }
}

export async function deleteLaunchRecord(path: string): Promise<void> {
  // Recursive, because whatever else stands in its place must not keep the slot from being stopped.
  await rm(path, { recursive: true, force: true });
}

const fieldTypes: Readonly<Record<keyof LaunchRecord, readonly string[]>> = {
  pid: ['number'],
  processStartedAt: ['string'],
  port: ['number'],
  profile: ['string'],
  binary: ['string'],
  version: ['string'],
  wsUrl: ['string'],
  headless: ['boolean'],
  launchedAt: ['number'],
  relaunchedAt: ['number', 'object'],
  generation: ['number'],
};

function isLaunchRecord(value: unknown): value is LaunchRecord {
  return (
    isRecord(value) && Object.entries(fieldTypes).every(([name, types]) => types.includes(typeof value[name]))
  );
}
