import type { RegistryEvent, Snapshot } from '@escarp/lease-registry';
import { journalFiles, segmentAt, snapshotAt } from './segment-files.js';
import { corrupt, readRecords } from './read-records.js';
import { readSnapshot } from './snapshot-file.js';

/** The content of a journal folder: the newest snapshot and the events after it. */
export interface JournalContents {
  readonly snapshot: Snapshot | undefined;
  readonly events: readonly RegistryEvent[];
  /** The revision of the last event, or of the snapshot if none follows; 0 for an empty journal. */
  readonly revision: number;
}

/** Where to continue writing. */
export interface JournalEnd {
  /** The segment to append to, which need not exist yet. */
  readonly segment: number;
  /** Its bytes up to the end of its last whole record. */
  readonly wholeLength: number;
  /** Bytes after that, left by a crash during an append. */
  readonly tornBytes: number;
}

/** Changes nothing. Throws `journal_corrupt` for damage, a missing file and files that were swapped. */
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

/** Reads the segments one after another. */
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
    const records = readRecords(path);
    try {
      this.tornBytes = await this.takeAll(path, segment, records);
    } finally {
      // Closes the file if a record was refused.
      await records.return(0);
    }
    // Nothing is appended to a segment after the next one began.
    if (this.tornBytes > 0 && !isNewest) throw corrupt(path, this.wholeLength);
  }

  /** Returns the number of bytes after the last whole record. */
  private async takeAll(
    path: string,
    segment: number,
    records: ReturnType<typeof readRecords>,
  ): Promise<number> {
    this.wholeLength = 0;
    let next = await records.next();
    if (next.done !== true && isHead(next.value.record)) {
      this.takeHead(path, segment, next.value.record.snapshot);
      this.wholeLength = next.value.end;
      next = await records.next();
    }
    // A segment begins where the previous one ends: otherwise a segment is missing, or has the name of another.
    if (this.revision !== segment) throw corrupt(path, 0);
    for (; next.done !== true; next = await records.next()) {
      this.take(path, segment, next.value.record);
      this.wholeLength = next.value.end;
    }
    return next.value;
  }

  private take(path: string, segment: number, record: unknown): void {
    if (!isEvent(record) || record.revision <= segment || record.revision > this.revision + 1) {
      throw corrupt(path, this.wholeLength);
    }
    // A record that was written although the write failed is there twice.
    if (record.revision <= this.revision) return;
    this.events.push(record);
    this.revision = record.revision;
  }

  /** Earlier versions began every segment except the first with a snapshot. */
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
