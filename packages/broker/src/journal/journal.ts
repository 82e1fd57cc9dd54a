import { messageOf } from '@escarp/contract';
import type { RegistryEvent, Snapshot } from '@escarp/lease-registry';
import { isCode } from '@escarp/owned-files';
import { DaemonError } from '../errors.js';
import type { History } from './history.js';
import type { JournalOptions } from './journal-options.js';
import { historyOf } from './history.js';
import { findMark, openMark } from './high-water-mark.js';
import { readEvents } from './read-events.js';
import type { JournalContents } from './read-journal.js';
import { readJournalFolder } from './read-journal.js';
import { oldestRevision, sweepDrafts } from './segment-files.js';
import type { SegmentWriter } from './segment-writer.js';
import { openSegmentWriter } from './segment-writer.js';

/**
 * An append-only log in segments, with a snapshot now and then. The newest snapshot and the segments after it are
 * enough to recover; the segment before it serves readers who ask for a little history.
 */
export interface Journal extends JournalContents {
  /** How much of what happened it contained when it was opened. */
  readonly history: History;
  /**
   * Resolves when the events are on the disk. On failure none of them stays in the file. One call at a time. When the
   * events have filled a segment, `snapshot` is asked for the state after the last of them.
   */
  append(events: readonly RegistryEvent[], snapshot: () => Snapshot): Promise<void>;
  /**
   * The events from a revision on; undefined if that revision was dropped. Throws `journal_corrupt` while it is read.
   */
  read(fromRevision: number): AsyncIterable<RegistryEvent> | undefined;
  /** The oldest revision that can still be read. */
  oldestRevision(): number;
  /** Whether the file being written to still has its name. Asks the system, which takes microseconds. */
  isInPlace(): boolean;
  /** Waits for a snapshot that is being written. */
  close(): Promise<void>;
}

/** Throws `journal_corrupt`, or `state_directory_unusable` if the folder cannot be read or written. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  try {
    return await open(options);
  } catch (error) {
    if (error instanceof DaemonError) throw error;
    throw unusable(options.folder, error);
  }
}

async function open(options: JournalOptions): Promise<Journal> {
  const { folder, wallMs } = options;
  await sweepDrafts(folder);
  const found = await readJournalFolder(folder);
  const markPath = `${folder}.mark`;
  const { history, ceiling } = historyOf(await findMark(markPath), found, options);
  const mark = await openMark(markPath, wallMs);
  const writer = await openSegmentWriter(options, mark, found).catch(async (error: unknown) => {
    await mark.close();
    throw error;
  });
  try {
    const contents =
      history === 'complete' ? found : await begunAnew(options, writer, found, history, ceiling);
    await mark.restart(contents.revision);
    return { ...journalOf(folder, writer), ...contents, history };
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** The mark is changed only after this is durable: until then every start finds the same state, and starts over. */
async function begunAnew(
  { restate }: JournalOptions,
  writer: SegmentWriter,
  found: JournalContents,
  history: History,
  revision: number,
): Promise<JournalContents> {
  const snapshot = restate(found, history, revision);
  await writer.beginWith(snapshot);
  return { snapshot, events: [], revision };
}

function journalOf(folder: string, writer: SegmentWriter): Omit<Journal, keyof JournalContents | 'history'> {
  return {
    append: (events, snapshot) => writer.append(events, snapshot),
    read: (from) => (from < writer.oldest ? undefined : readEvents(folder, from)),
    oldestRevision: () => writer.oldest,
    isInPlace: () => writer.isInPlace(),
    close: () => writer.close(),
  };
}

/**
 * Reads a journal as a daemon that starts does, and changes nothing. False if there is none. Throws `journal_corrupt`, or
 * `state_directory_unusable` if the folder cannot be read.
 */
export async function checkJournal(folder: string): Promise<boolean> {
  try {
    await readJournalFolder(folder);
    return true;
  } catch (error) {
    if (error instanceof DaemonError) throw error;
    if (isCode(error, 'ENOENT')) return false;
    throw unusable(folder, error);
  }
}

/**
 * Reads a journal without opening it for writing, for a command that runs while a daemon does, or without one. Nothing
 * has happened where there is no journal. Throws `journal_corrupt`.
 */
export async function readJournal(folder: string): Promise<RegistryEvent[]> {
  const events: RegistryEvent[] = [];
  const oldest = await oldestRevision(folder).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (oldest === undefined) return events;
  for await (const event of readEvents(folder, oldest)) events.push(event);
  return events;
}

function unusable(folder: string, cause: unknown): DaemonError {
  const why = messageOf(cause);
  return new DaemonError(
    'state_directory_unusable',
    `The journal in ${folder} cannot be opened: ${why}.`,
    'Check the free space, the owner and the mode of ESCARP_HOME.',
    cause,
  );
}
