// oxlint-disable-next-line no-restricted-imports -- it writes to a file that owned-files has opened.
import { fstatSync, writeSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { openOwnedFile } from '@escarp/owned-files';
import { readPrivateFile } from '../state-directory/private-file.js';
import { decodeRecord, encodeRecord } from './record.js';

/** What is kept beside a journal to tell when the journal has lost its end. */
interface Mark {
  /** The revision of an event that is in the journal. The journal may be ahead of it. */
  readonly revision: number;
  /** No revision above this has been written. A fence is never above the revision that issued it. */
  readonly ceiling: number;
  /** Wall clock, epoch milliseconds. */
  readonly writtenAt: number;
  readonly inode: string;
}

/** What a mark says when it is opened. */
export type FoundMark =
  | { readonly is: 'trusted'; readonly revision: number; readonly ceiling: number }
  /** There is none. */
  | { readonly is: 'missing' }
  /** It is damaged, or a copy: it says nothing about what happened after it was copied. */
  | { readonly is: 'untrusted'; readonly ceiling: number };

/** How far the ceiling is raised at a time. The disk is waited for only once in this many events. */
const step = 1_024;
const markBytes = 256;

/**
 * How far the write time stored in a mark and its change time in the file system may be apart. A write that took longer
 * is repeated; a copy is made later than that.
 */
const apartMsMax = 30;
const writesMax = 5;

/** Some file systems, NFS and ext3 among them, may keep times in whole seconds, rounded down. */
const secondNs = 1_000_000_000n;
const secondMs = 1_000;

/** Reads the mark. A copy is recognised by its inode, or by a change time that is not the write time it contains. */
export async function findMark(path: string): Promise<FoundMark> {
  const text = await readPrivateFile(path, 10 * markBytes);
  if (text === undefined) return { is: 'missing' };
  const mark = decodeRecord(Buffer.from(text.trimEnd()));
  if (!isMark(mark)) return { is: 'untrusted', ceiling: 0 };
  const { revision, ceiling } = mark;
  return (await isCopy(path, mark)) ? { is: 'untrusted', ceiling } : { is: 'trusted', revision, ceiling };
}

/** Opens the mark for writing. Until `restart` it says what it said before. */
export async function openMark(path: string, wallMs: () => number): Promise<HighWaterMark> {
  const file = await openOwnedFile(path, constants.O_RDWR | constants.O_CREAT);
  return new HighWaterMark(file, wallMs);
}

export class HighWaterMark {
  private readonly file: FileHandle;
  private readonly wallMs: () => number;
  private revision = 0;
  private ceiling = 0;

  constructor(file: FileHandle, wallMs: () => number) {
    this.file = file;
    this.wallMs = wallMs;
  }

  /** Starts at a revision, whatever the mark said before. */
  async restart(revision: number): Promise<void> {
    this.revision = revision;
    await this.raise(revision + step);
  }

  /** To be called before an event of that revision is written. Almost always free of cost. */
  async allow(revision: number): Promise<void> {
    if (revision > this.ceiling) await this.raise(revision + step);
  }

  /**
   * To be called when an event of that revision is durable. What it writes survives the end of the process, and before
   * long a power failure as well; until then the earlier content is safe to rely on, too.
   */
  reached(revision: number): void {
    this.revision = revision;
    try {
      this.write();
    } catch {
      // On a full disk it stays as it was.
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async raise(ceiling: number): Promise<void> {
    const before = this.ceiling;
    this.ceiling = ceiling;
    try {
      this.write();
      await this.file.datasync();
    } catch (error) {
      this.ceiling = before;
      throw error;
    }
  }

  private write(): void {
    const { revision, ceiling } = this;
    const { fd } = this.file;
    for (let writes = 0, found = fstatSync(fd, { bigint: true }); writes < writesMax; writes++) {
      const mark: Mark = { revision, ceiling, writtenAt: this.wallMs(), inode: String(found.ino) };
      writeSync(fd, padded(encodeRecord(mark)), 0, markBytes, 0);
      found = fstatSync(fd, { bigint: true });
      if (isOriginal(mark, found)) return;
    }
  }
}

/** All of it fits into one sector, which a disk writes as a whole. */
function padded(record: Buffer): Buffer {
  return Buffer.concat([record], markBytes).fill(0x20, record.length);
}

async function isCopy(path: string, mark: Mark): Promise<boolean> {
  const file = await openOwnedFile(path, constants.O_RDONLY);
  try {
    return !isOriginal(mark, await file.stat({ bigint: true }));
  } finally {
    await file.close();
  }
}

function isOriginal({ inode, writtenAt }: Mark, { ino, ctimeMs, ctimeNs }: BigIntStats): boolean {
  const roundedMs = ctimeNs % secondNs === 0n ? secondMs : 0;
  return String(ino) === inode && Math.abs(Number(ctimeMs) - writtenAt) <= apartMsMax + roundedMs;
}

function isMark(value: unknown): value is Mark {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['revision', 'ceiling', 'writtenAt'].every((name) => Number.isSafeInteger(Reflect.get(value, name)))
  );
}
