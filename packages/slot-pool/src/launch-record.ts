import { constants } from 'node:fs/promises';
import { openOwnedFile, removeOwned, writeFileAtomically } from '@escarp/owned-files';
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
  /** The state directory it was launched from, as on its command line; see `directoryIdentity`. */
  readonly directory: string;
  /** This launch, as on its command line. */
  readonly launchId: string;
  /** Whether no reset in place may follow; see `SlotPool.requireRecycle`. */
  readonly mustBeRecycled?: boolean;
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

async function readPlainFile(path: string): Promise<string> {
  const file = await openOwnedFile(path, constants.O_RDONLY);
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > recordBytesMax) throw new Error('This is not a launch record.');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Replaces the record in one step that a crash at any moment leaves whole. What could not be read again is refused. */
export async function writeLaunchRecord(
  path: string,
  record: LaunchRecord,
  newId: () => string,
): Promise<void> {
  try {
    const text = `${JSON.stringify(record, null, 2)}\n`;
    if (!isLaunchRecord(JSON.parse(text)) || Buffer.byteLength(text) > recordBytesMax)
      throw new Error('It could not be read back.');
    await writeFileAtomically(path, text, newId);
  } catch (cause) {
    throw new PoolError('state_directory_unusable', `The launch record ${path} cannot be written.`, {
      details: { path },
      cause,
    });
  }
}

/** Anything else in its place is deleted too, and must not keep the slot from being stopped. */
export async function deleteLaunchRecord(path: string): Promise<void> {
  await removeOwned(path);
}

const fieldTypes: Readonly<Record<keyof Required<LaunchRecord>, readonly string[]>> = {
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
  directory: ['string'],
  launchId: ['string'],
  mustBeRecycled: ['boolean', 'undefined'],
};

function isLaunchRecord(value: unknown): value is LaunchRecord {
  return (
    isRecord(value) && Object.entries(fieldTypes).every(([name, types]) => types.includes(typeof value[name]))
  );
}
