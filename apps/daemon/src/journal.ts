import type { FileHandle } from 'node:fs/promises';
import { open, readdir, readFile, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryEvent, Snapshot } from '@escarp/lease-registry';
import { decodeJournal, encodeRecord } from '@escarp/lease-registry';
import { syncDirectory } from './atomic-file.js';
import { DaemonError } from './errors.js';

/** What a journal folder says: the newest snapshot and what came after. */
export interface JournalContents {
  readonly snapshot: Snapshot | undefined;
  readonly events: readonly RegistryEvent[];
}

/**
 * An append-only log in segments. Each segment but the first begins with a snapshot of the state at its start, so
 * the newest one alone is enough to recover and the one before it serves readers who ask for a little history.
 */
export interface Journal extends JournalContents {
  /** Resolves when the events are on the disk. On failure nothing of them stays in the file. */
  append(events: readonly RegistryEvent[]): Promise<void>;
  /** The events from a revision on that the folder still has; undefined when that revision is gone. */
  read(fromRevision: number): Promise<RegistryEvent[] | undefined>;
  /** The oldest revision that can still be read. */
  oldestRevision(): number;
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly folder: string;
  readonly newId: () => string;
  /** The present state, asked for when a segment is full. */
  readonly snapshot: () => Snapshot;
  /** Bytes after which a new segment is begun. */
  readonly segmentBytesMax: number;
}

type SegmentRecord = { readonly snapshot: Snapshot } | RegistryEvent;

const segmentsKept = 2;

export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder } = options;
  const names = await segmentNames(folder);
  const newest = names.at(-1) ?? segmentName(0);
  const contents = await recoverSegment(join(folder, newest));
  const writer = new SegmentWriter(options, await openSegment(join(folder, newest)));
  await writer.begin();
  return {
    ...contents,
    append: (events) => writer.append(events),
    read: (from) => readFrom(folder, from),
    oldestRevision: () => writer.oldest,
    close: () => writer.close(),
  };
}

/** Reads a journal without opening it for writing, for a command that runs beside the daemon or without one. */
export async function readJournal(folder: string): Promise<RegistryEvent[]> {
  return (await readFrom(folder, await oldestRevision(folder))) ?? [];
}

class SegmentWriter {
  private readonly options: JournalOptions;
  private file: FileHandle;
  /** Up to here everything is whole and durable; beyond it may lie what a failed write left. */
  private length = 0;
  private torn = false;
  oldest = 1;

  constructor(options: JournalOptions, file: FileHandle) {
    this.options = options;
    this.file = file;
  }

  async begin(): Promise<void> {
    this.length = (await this.file.stat()).size;
    this.oldest = await oldestRevision(this.options.folder);
  }

  async append(events: readonly RegistryEvent[]): Promise<void> {
    const bytes = Buffer.from(events.map(encodeRecord).join(''), 'latin1');
    if (this.torn) await this.mend();
    try {
      await this.writeAll(bytes);
      await this.file.datasync();
    } catch (error) {
      this.torn = true;
      await this.mend().catch(() => {});
      throw error;
    }
    this.length += bytes.length;
    if (this.length > this.options.segmentBytesMax) await this.beginSegment().catch(() => {});
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async writeAll(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, written, null, this.length + written);
      written += bytesWritten;
    }
  }

  /** Cuts off what a failed write left, so that the next record follows the last whole one. */
  private async mend(): Promise<void> {
    await this.file.truncate(this.length);
    await this.file.datasync();
    this.torn = false;
  }

  /** A full disk may prevent it; the old segment then goes on growing, and the next append tries again. */
  private async beginSegment(): Promise<void> {
    const { folder, newId } = this.options;
    const snapshot = this.options.snapshot();
    const path = join(folder, segmentName(snapshot.revision));
    const draft = `${path}.${newId()}.tmp`;
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(encodeRecord({ snapshot }), 'latin1');
      await file.sync();
      await rename(draft, path);
      await syncDirectory(folder);
    } catch (error) {
      await file.close();
      await rm(draft, { force: true });
      throw error;
    }
    const full = this.file;
    this.file = file;
    await this.begin();
    await full.close();
    await this.dropOldSegments();
  }

  private async dropOldSegments(): Promise<void> {
    const { folder } = this.options;
    const old = (await segmentNames(folder)).slice(0, -segmentsKept);
    await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
    this.oldest = await oldestRevision(folder);
  }
}

/** Cuts a torn tail off, which a crash while appending leaves, and refuses damage that a crash cannot explain. */
async function recoverSegment(path: string): Promise<JournalContents> {
  const text = await readFile(path, 'latin1').catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw error;
  });
  const { records, wholeLength, damage } = decodeJournal<SegmentRecord>(text);
  if (damage === 'corrupt' || isHeadless(path, records)) throw corrupt(path, wholeLength);
  if (damage === 'torn_tail') await truncate(path, wholeLength);
  return contentsOf(records);
}

/** Segments after the first appear whole, snapshot and all: one without has been damaged. */
function isHeadless(path: string, [first]: readonly SegmentRecord[]): boolean {
  return !path.endsWith(segmentName(0)) && (first === undefined || isEvent(first));
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

async function openSegment(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+', 0o600);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return open(path, 'wx+', 0o600);
  }
}

async function readFrom(folder: string, fromRevision: number): Promise<RegistryEvent[] | undefined> {
  if (fromRevision < (await oldestRevision(folder))) return undefined;
  const events: RegistryEvent[] = [];
  for (const name of await segmentNames(folder)) {
    const { records } = decodeJournal<SegmentRecord>(await readFile(join(folder, name), 'latin1'));
    const last = events.at(-1)?.revision ?? 0;
    events.push(...contentsOf(records).events.filter(({ revision }) => revision > last));
  }
  return events.filter(({ revision }) => revision >= fromRevision);
}

/** A segment is named after the revision of its snapshot; its events begin with the next. */
async function oldestRevision(folder: string): Promise<number> {
  const [oldest] = await segmentNames(folder);
  return oldest === undefined ? 1 : Number.parseInt(oldest, 10) + 1;
}

async function segmentNames(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => segmentPattern.test(name)).sort();
}

const segmentPattern = /^\d{15}\.log$/;

function segmentName(revision: number): string {
  return `${String(revision).padStart(15, '0')}.log`;
}

function corrupt(path: string, at: number): DaemonError {
  return new DaemonError(
    'journal_corrupt',
    `The journal ${path} is damaged at byte ${at}, before records that are whole.`,
    'Restore it from a backup, or run escarp down and delete the journal folder: every lease is then lost.',
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
