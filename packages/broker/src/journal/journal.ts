import type { RegistryEvent, Snapshot } from '@escarp/lease-registry';
import { DaemonError } from '../errors.js';
import {
  newestSegment,
  oldestRevision,
  readSegments,
  recoverSegment,
  sweepDrafts,
} from './journal-segments.js';
import type { JournalContents } from './journal-segments.js';
import { openSegmentWriter } from './segment-writer.js';

/**
 * An append-only log in segments. Each segment but the first begins with a snapshot of the state at its start, so
 * the newest one alone is enough to recover and the one before it serves readers who ask for a little history.
 */
export interface Journal extends JournalContents {
  /** Resolves when the events are on the disk. On failure nothing of them stays in the file. One call at a time. */
  append(events: readonly RegistryEvent[]): Promise<void>;
  /** The events from a revision on that the folder still has; undefined when that revision is gone. */
  read(fromRevision: number): Promise<RegistryEvent[] | undefined>;
  /** The oldest revision that can still be read. */
  oldestRevision(): number;
  /** Whether the file that is written to still has its name; asks the system, in microseconds. */
  isInPlace(): boolean;
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

/** Throws `journal_corrupt`, or `state_directory_unusable` where the folder cannot be read or written. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder } = options;
  try {
    await sweepDrafts(folder);
    const newest = await newestSegment(folder);
    const contents = await recoverSegment(newest);
    const writer = await openSegmentWriter(options, newest);
    return {
      ...contents,
      append: (events) => writer.append(events),
      read: (from) => readSegments(folder, from),
      oldestRevision: () => writer.oldest,
      isInPlace: () => writer.isInPlace(),
      close: () => writer.close(),
    };
  } catch (error) {
    if (error instanceof DaemonError) throw error;
    throw unusable(folder, error);
  }
}

/** Reads a journal without opening it for writing, for a command that runs beside the daemon or without one. */
export async function readJournal(folder: string): Promise<RegistryEvent[]> {
  return (await readSegments(folder, await oldestRevision(folder))) ?? [];
}

function unusable(folder: string, cause: unknown): DaemonError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DaemonError(
    'state_directory_unusable',
    `The journal in ${folder} cannot be opened: ${why}.`,
    'Check the free space, the owner and the mode of ESCARP_HOME.',
    cause,
  );
}
