import { constants, fstatSync, lstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { RegistryEvent } from '@escarp/lease-registry';
import { encodeRecord } from '@escarp/lease-registry';
import { openOwnedFile, removeOwned, renameOwned, syncFolder } from '@escarp/owned-files';
import { draftSuffix, dropOldSegments, oldestRevision, segmentAt } from './journal-segments.js';
import type { JournalOptions } from './journal.js';

const segmentsKept = 2;

/** Writes on where a segment that has been recovered ends. */
export async function openSegmentWriter(options: JournalOptions, path: string): Promise<SegmentWriter> {
  const file = await openOwnedFile(path, constants.O_RDWR | constants.O_CREAT);
  try {
    const { size } = await file.stat();
    // A name that is not durable takes its events with it.
    if (size === 0) await syncFolder(dirname(path));
    return new SegmentWriter(options, path, file, size, await oldestRevision(options.folder));
  } catch (error) {
    await file.close();
    throw error;
  }
}

class SegmentWriter {
  private readonly options: JournalOptions;
  private path: string;
  private file: FileHandle;
  /** Up to here everything is whole and durable; beyond it may lie what a failed write left. */
  private length: number;
  /** Where a new segment is due. Its snapshot does not count, which may be larger than all that follows. */
  private fullLength: number;
  private torn = false;
  /** The oldest revision that can still be read. */
  oldest: number;

  constructor(options: JournalOptions, path: string, file: FileHandle, length: number, oldest: number) {
    this.options = options;
    this.path = path;
    this.file = file;
    this.length = length;
    this.fullLength = options.segmentBytesMax;
    this.oldest = oldest;
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
    // A full disk may prevent it; the old segment then goes on growing, and the next append tries again.
    if (this.length > this.fullLength) await this.beginSegment().catch(() => {});
  }

  /** Whether what is written can be found under its name; a file that was deleted or moved is written to all the same. True of a closed one. */
  isInPlace(): boolean {
    if (this.file.fd < 0) return true;
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    const { dev, ino } = fstatSync(this.file.fd);
    return found?.dev === dev && found.ino === ino;
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

  /** The new segment appears under its name only when it is whole; from then on it alone is written to. */
  private async beginSegment(): Promise<void> {
    const { folder, newId, segmentBytesMax } = this.options;
    const snapshot = this.options.snapshot();
    const path = segmentAt(folder, snapshot.revision);
    const head = encodeRecord({ snapshot });
    const full = this.file;
    this.file = await writeSegment(path, `${path}.${newId()}${draftSuffix}`, head);
    this.path = path;
    this.length = head.length;
    this.fullLength = head.length + segmentBytesMax;
    await full.close();
    await dropOldSegments(folder, segmentsKept);
    this.oldest = await oldestRevision(folder);
  }
}

export type { SegmentWriter };

/** Leaves nothing behind when it fails: a segment that nobody writes to must not be the newest. */
async function writeSegment(path: string, draft: string, head: string): Promise<FileHandle> {
  const file = await openOwnedFile(draft, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL);
  try {
    await file.writeFile(head, 'latin1');
    await file.sync();
    await renameOwned(draft, basename(path));
    await syncFolder(dirname(path));
    return file;
  } catch (error) {
    await file.close();
    await removeOwned(path);
    await removeOwned(draft);
    throw error;
  }
}
