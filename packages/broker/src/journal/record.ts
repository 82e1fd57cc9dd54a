import { crc32 } from 'node:zlib';

/** The longest record, in bytes. The writer refuses what the reader would refuse. */
export const recordBytesMax = 1_000_000;

const newline = 0x0a;
const checksumChars = 8;

/**
 * A record as stored in a file, on one line: the CRC-32 of the JSON in hexadecimal, a space, and the JSON in UTF-8.
 * Throws for a record longer than `recordBytesMax`.
 */
export function encodeRecord(record: unknown): Buffer {
  const json = JSON.stringify(record);
  const line = Buffer.from(`${checksumOf(json)} ${json}\n`);
  if (line.length > recordBytesMax) throw new RangeError(`A record of ${line.length} bytes is too long.`);
  return line;
}

/** The record on a line without its line break; undefined for a damaged one. */
export function decodeRecord(line: Buffer): unknown {
  if (!isIntact(line)) return undefined;
  return JSON.parse(line.toString('utf8', checksumChars + 1));
}

/**
 * Whether a crash during an append can have left these bytes after the last line: part of a record, or the zeros that
 * some file systems leave after a power failure. A whole record with nothing but a wrong end is damage.
 */
export function isTornTail(tail: Buffer): boolean {
  return tail.length === 0 || !isIntact(tail.subarray(0, tail.length - 1)) || tail.at(-1) === 0;
}

/** The end of the line that begins at `from`, or -1. */
export function endOfLine(bytes: Buffer, from: number): number {
  return bytes.indexOf(newline, from);
}

function isIntact(line: Buffer): boolean {
  if (line.length <= checksumChars + 1 || line[checksumChars] !== 0x20) return false;
  return line.toString('latin1', 0, checksumChars) === checksumOf(line.subarray(checksumChars + 1));
}

function checksumOf(json: string | Buffer): string {
  return crc32(json).toString(16).padStart(checksumChars, '0');
}
