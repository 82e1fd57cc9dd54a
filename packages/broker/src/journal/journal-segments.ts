import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryEvent, Snapshot } from '@escarp/lease-registry';
import { decodeJournal } from '@escarp/lease-registry';
import { removeOwned, truncateOwned } from '@escarp/owned-files';
import { DaemonError } from '../errors.js';
import { readPrivateFile } from '../state-directory/private-file.js';

/** What a journal folder says: the newest snapshot and what came after. */
export interface JournalContents {
  readonly snapshot: Snapshot | undefined;
  readonly events: readonly RegistryEvent[];
}

export type SegmentRecord = { readonly snapshot: Snapshot } | RegistryEvent;

/** Where writing goes on; the file need not exist yet. */
export async function newestSegment(folder: string): Promise<string> {
  const names = await segmentNames(folder);
  return segmentPath(folder, names.at(-1));
}

/** A segment is named after the revision of its snapshot; its events begin with the next. */
export function segmentAt(folder: string, revision: number): string {
  return join(folder, `${String(revision).padStart(15, '0')}.log`);
}

/** Cuts a torn tail off, which a crash while appending leaves, and refuses damage that a crash cannot explain. */
export async function recoverSegment(path: string): Promise<JournalContents> {
  const text = (await readSegment(path)) ?? '';
  const { records, wholeLength, damage } = decodeJournal<SegmentRecord>(text);
  if (damage === 'corrupt' || isHeadless(path, records)) throw corrupt(path, wholeLength);
  if (damage === 'torn_tail') await truncateOwned(path, { limitBytes: wholeLength, toBytes: wholeLength });
  return contentsOf(records);
}

/** The events from a revision on, each once; undefined when that revision is gone. */
export async function readSegments(
  folder: string,
  fromRevision: number,
): Promise<RegistryEvent[] | undefined> {
  if (fromRevision < (await oldestRevision(folder))) return undefined;
  const events: RegistryEvent[] = [];
  let last = fromRevision - 1;
  for (const name of await segmentNames(folder)) {
    const text = await readSegment(join(folder, name));
    // A reader may be overtaken by the writer, which drops what is old.
    if (text === undefined) return undefined;
    for (const event of contentsOf(decodeJournal<SegmentRecord>(text).records).events) {
      if (event.revision <= last) continue;
      events.push(event);
      last = event.revision;
    }
  }
  return events;
}

export async function oldestRevision(folder: string): Promise<number> {
  const [oldest] = await segmentNames(folder);
  return oldest === undefined ? 1 : Number.parseInt(oldest, 10) + 1;
}

/** Deletes all segments but the newest few. */
export async function dropOldSegments(folder: string, kept: number): Promise<void> {
  const old = (await segmentNames(folder)).slice(0, -kept);
  await Promise.all(old.map((name) => removeOwned(join(folder, name))));
}

/** Deletes segments that a crash left half written. */
export async function sweepDrafts(folder: string): Promise<void> {
  const drafts = (await readdir(folder)).filter((name) => name.endsWith(draftSuffix));
  await Promise.all(drafts.map((name) => removeOwned(join(folder, name))));
}

export const draftSuffix = '.tmp';

/** Segments after the first appear whole, snapshot and all: one without has been damaged. */
function isHeadless(path: string, [first]: readonly SegmentRecord[]): boolean {
  return !path.endsWith(firstSegment) && (first === undefined || isEvent(first));
}

function contentsOf(records: readonly SegmentRecord[]): JournalContents {
  const [first, ...rest] = records;
  const snapshot = first !== undefined && 'snapshot' in first ? first.snapshot : undefined;
  const events = (snapshot === undefined ? records : rest).filter(isEvent);
  return { snapshot, events };
}

function isEvent(record: SegmentRecord): record is RegistryEvent {
  return 'revision' in record;
}

async function segmentNames(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => segmentPattern.test(name)).toSorted();
}

const segmentPattern = /^\d{15}\.log$/;
const firstSegment = '000000000000000.log';

function segmentPath(folder: string, name = firstSegment): string {
  return join(folder, name);
}

// A segment is cut at a megabyte after its snapshot, and goes on growing only while the disk is full.
const segmentBytesMax = 100_000_000;

function readSegment(path: string): Promise<string | undefined> {
  return readPrivateFile(path, segmentBytesMax, 'latin1');
}

function corrupt(path: string, at: number): DaemonError {
  return new DaemonError(
    'journal_corrupt',
    `The journal ${path} is damaged at byte ${at}, before records that are whole.`,
    'Restore it from a backup, or run escarp down and delete the journal folder: every lease is then lost.',
  );
}
