import type { FileHandle } from 'node:fs/promises';
import { DaemonError } from '../errors.js';
import { openPrivateFile } from '../state-directory/private-file.js';
import { decodeRecord, endOfLine, isTornTail, recordBytesMax } from './record.js';

/** A record and where it ends in its file, in bytes. */
export interface ReadRecord {
  readonly record: unknown;
  readonly end: number;
}

const chunkBytes = 256 * 1024;

/** Earlier versions wrote a whole snapshot as the first line of a segment. */
const firstRecordBytesMax = 256_000_000;

/**
 * The records of a file, read in pieces. Returns the number of bytes after the last of them, which a crash during an
 * append leaves. Throws `journal_corrupt` for damage that a crash cannot explain.
 */
export async function* readRecords(path: string): AsyncGenerator<ReadRecord, number> {
  const file = await openPrivateFile(path);
  if (file === undefined) throw Object.assign(new Error(`There is no ${path}.`), { code: 'ENOENT' });
  try {
    return yield* recordsIn(path, file);
  } finally {
    await file.close();
  }
}

async function* recordsIn(path: string, file: FileHandle): AsyncGenerator<ReadRecord, number> {
  let offset = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;
  for (;;) {
    const chunk = await readChunk(file, offset + restBytes);
    if (chunk === undefined) break;
    if (endOfLine(chunk, 0) < 0) {
      rest.push(chunk);
      restBytes += chunk.length;
      if (restBytes > (offset === 0 ? firstRecordBytesMax : recordBytesMax)) throw corrupt(path, offset);
      continue;
    }
    const bytes = Buffer.concat([...rest, chunk]);
    let from = 0;
    for (let end = endOfLine(bytes, from); end >= 0; end = endOfLine(bytes, from)) {
      const record = decodeRecord(bytes.subarray(from, end));
      if (record === undefined) throw corrupt(path, offset + from);
      from = end + 1;
      yield { record, end: offset + from };
    }
    offset += from;
    rest = [bytes.subarray(from)];
    restBytes = bytes.length - from;
  }
  if (!isTornTail(Buffer.concat(rest))) throw corrupt(path, offset);
  return restBytes;
}

/** Undefined at the end of the file. */
async function readChunk(file: FileHandle, position: number): Promise<Buffer | undefined> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const { bytesRead } = await file.read(buffer, 0, chunkBytes, position);
  return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
}

/** `at` is the offset of the first byte that cannot be trusted. */
export function corrupt(path: string, at: number): DaemonError {
  return new DaemonError(
    'journal_corrupt',
    `The journal ${path} is damaged at byte ${at}.`,
    'Run escarp down --force, move the journal folder away or restore it from a backup, and run escarp up: ' +
      'every lease then ends and every browser is replaced before it is offered.',
  );
}
