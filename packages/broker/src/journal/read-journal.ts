import type { RegistryEvent, Snapshot } from '@escarp/lease-registry';
import { journalFiles, segmentAt, snapshotAt } from './segment-files.js';
import { corrupt, readRecords } from './read-records.js';
import { readSnapshot } from './snapshot-file.js';

/** What a journal folder says: the newest snapshot and the events after it. */
export interface JournalContents {
  readonly snapshot: Snapshot | undefined;
  readonly events: readonly RegistryEvent[];
  /** Of the last event, or of the snapshot where none follows; 0 for an empty journal. */
  readonly revision: number;
}

/** Where writing goes on. */
export interface JournalEnd {
  /** The segment to append to, which need not exist yet. */
  readonly segment: number;
  /** Its bytes up to the end of its last whole record. */
  readonly wholeLength: number;
  /** Bytes behind that, which a crash while appending left. */
  readonly tornBytes: number;
}

/** Changes nothing. Throws `journal_corrupt` for damage, a file that is missing in between and files mixed up. */
export async function readJournalFolder(folder: string): Promise<JournalContents & JournalEnd> {
  const { segments, snapshots } = await journalFiles(folder);
  const base = snapshots.at(-1);
  const reading = new Reading(
    base === undefined ? undefined : await readSnapshot(snapshotAt(folder, base), base),
  );
  const following = segments.filter((segment) => segment >= (base ?? 0));
  for (const segment of following) {
    await reading.read(segmentAt(folder, segment), segment, segment === following.at(-1));
  }
  const { snapshot, events, revision, wholeLength, tornBytes } = reading;
  return { snapshot, events, revision, wholeLength, tornBytes, segment: following.at(-1) ?? revision };
}

/** Reads one segment after the other. */
class Reading {
  snapshot: Snapshot | undefined;
  events: RegistryEvent[] = [];
  revision: number;
  wholeLength = 0;
  tornBytes = 0;

  constructor(snapshot: Snapshot | undefined) {
    this.snapshot = snapshot;
    this.revision = snapshot?.revision ?? 0;
  }

  async read(path: string, segment: number, isNewest: boolean): Promise<void> {
    this.wholeLength = 0;
    const records = readRecords(path);
    let next = await records.next();
    if (next.done !== true && isHead(next.value.record)) {
      this.takeHead(path, segment, next.value.record.snapshot);
      this.wholeLength = next.value.end;
      next = await records.next();
    }
    // It begins where what was read so far ends: otherwise one is missing, or stands under another's name.
    if (this.revision !== segment) throw corrupt(path, 0);
    for (; next.done !== true; next = await records.next()) {
      this.take(path, segment, next.value.record);
      this.wholeLength = next.value.end;
    }
    this.tornBytes = next.value;
    // Nobody appends to a segment after the next was begun.
    if (this.tornBytes > 0 && !isNewest) throw corrupt(path, this.wholeLength);
  }

  private take(path: string, segment: number, record: unknown): void {
    if (!isEvent(record) || record.revision <= segment || record.revision > this.revision + 1) {
      throw corrupt(path, this.wholeLength);
    }
    // What was written in spite of an error stands there twice.
    if (record.revision <= this.revision) return;
    this.events.push(record);
    this.revision = record.revision;
  }

  /** Earlier versions began each segment but the first with a snapshot. */
  private takeHead(path: string, segment: number, snapshot: Snapshot): void {
    if (snapshot.revision !== segment) throw corrupt(path, 0);
    this.snapshot = snapshot;
    this.events = [];
    this.revision = segment;
  }
}

function isHead(record: unknown): record is { readonly snapshot: Snapshot } {
  return typeof record === 'object' && record !== null && 'snapshot' in record;
}

export function isEvent(record: unknown): record is RegistryEvent {
  return typeof record === 'object' && record !== null && 'revision' in record && 'change' in record;
}
