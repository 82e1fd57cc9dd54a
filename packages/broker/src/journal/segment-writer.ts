import { constants, fstatSync, lstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { RegistryEvent, Snapshot } from '@escarp/lease-registry';
import { openOwnedFile, syncFolder } from '@escarp/owned-files';
import type { HighWaterMark } from './high-water-mark.js';
import type { JournalOptions } from './journal-options.js';
import type { JournalEnd } from './read-journal.js';
import { encodeRecord } from './record.js';
import { draftSuffix, dropBefore, oldestRevision, segmentAt, snapshotAt } from './segment-files.js';
import { writeSnapshot } from './snapshot-file.js';

/** Continues writing in a folder that has been read. The mark is closed with the writer. */
export async function openSegmentWriter(
  options: JournalOptions,
  mark: HighWaterMark,
  end: JournalEnd,
): Promise<SegmentWriter> {
  const file = await openSegment(options.folder, end.segment);
  const oldest = await oldestRevision(options.folder);
  return new SegmentWriter(
    options,
    mark,
    { file, path: segmentAt(options.folder, end.segment) },
    end.wholeLength,
    oldest,
  );
}

class SegmentWriter {
  private readonly options: JournalOptions;
  private readonly mark: HighWaterMark;
  private path: string;
  private file: FileHandle;
  /** Everything up to here is whole and durable; what follows may be left over from a failed write. */
  private length: number;
  /** Where the next segment is due. */
  private fullLength: number;
  private torn = false;
  /** If the name of a segment were not durable, its events would be lost with it. */
  private isNameDurable = false;
  private readonly closing = new AbortController();
  private snapshot: Promise<void> | undefined;
  /** The oldest revision that can still be read. */
  oldest: number;

  constructor(
    options: JournalOptions,
    mark: HighWaterMark,
    { file, path }: { file: FileHandle; path: string },
    length: number,
    oldest: number,
  ) {
    this.options = options;
    this.mark = mark;
    this.path = path;
    this.file = file;
    this.length = length;
    this.fullLength = options.segmentBytesMax;
    this.oldest = oldest;
  }

  async append(events: readonly RegistryEvent[], snapshot: () => Snapshot): Promise<void> {
    const bytes = Buffer.concat(events.map(encodeRecord));
    const revision = events.at(-1)?.revision ?? 0;
    if (this.torn) await this.mend();
    await this.mark.allow(revision);
    try {
      await this.writeAll(bytes);
      await this.file.datasync();
      await this.keepName();
    } catch (error) {
      this.torn = true;
      await this.mend().catch(() => {});
      throw error;
    }
    this.length += bytes.length;
    this.mark.reached(revision);
    // A full disk may prevent it; then the old segment continues to grow, and the next append tries again.
    if (this.length > this.fullLength && this.snapshot === undefined)
      await this.beginSegment(revision, snapshot).catch(() => {});
  }

  /**
   * Continues from a snapshot, whatever was there before. The snapshot is written first, because a segment alone would
   * follow nothing. Resolves when it is durable.
   */
  async beginWith(snapshot: Snapshot): Promise<void> {
    await this.write(snapshot);
    await this.changeSegment(snapshot.revision);
  }

  /**
   * Whether the file being written can be found under its name; writing to a file that was deleted or moved succeeds,
   * too. True for a closed one.
   */
  isInPlace(): boolean {
    if (this.file.fd < 0) return true;
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    const { dev, ino } = fstatSync(this.file.fd);
    return found?.dev === dev && found.ino === ino;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.snapshot;
    await this.file.close();
    await this.mark.close();
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

  /**
   * From here on, events go to a new segment. The snapshot is taken at once, so that it is of the state with which the
   * segment begins, and is written while events are appended. Until it has its name, the one before it and all segments
   * since are kept, which contain the same.
   */
  private async beginSegment(revision: number, present: () => Snapshot): Promise<void> {
    const snapshot = present();
    if (snapshot.revision !== revision) throw new Error('The state does not match the journal.');
    await this.changeSegment(snapshot.revision);
    this.snapshot = this.write(snapshot)
      .catch(() => {})
      .finally(() => (this.snapshot = undefined));
  }

  private async changeSegment(revision: number): Promise<void> {
    const full = this.file;
    this.file = await openSegment(this.options.folder, revision);
    this.path = segmentAt(this.options.folder, revision);
    this.length = 0;
    this.torn = false;
    this.isNameDurable = false;
    await full.close();
  }

  private async keepName(): Promise<void> {
    if (this.isNameDurable) return;
    await syncFolder(this.options.folder);
    this.isNameDurable = true;
  }

  private async write(snapshot: Snapshot): Promise<void> {
    const { folder, newId, segmentBytesMax } = this.options;
    const path = snapshotAt(folder, snapshot.revision);
    const bytes = await writeSnapshot(
      path,
      `${path}.${newId()}${draftSuffix}`,
      snapshot,
      this.closing.signal,
    );
    // Otherwise a large state would be written again and again for a few events.
    this.fullLength = Math.max(segmentBytesMax, bytes);
    await dropBefore(folder, snapshot.revision, (oldest) => (this.oldest = oldest));
  }
}

export type { SegmentWriter };

function openSegment(folder: string, revision: number): Promise<FileHandle> {
  return openOwnedFile(segmentAt(folder, revision), constants.O_RDWR | constants.O_CREAT);
}
