/**
 * A record as a line of a journal file: the CRC-32 of the JSON in hexadecimal, a space, the JSON. The JSON is ASCII, so that
 * a character is a byte, and a file that is cut at any byte is cut between two characters.
 */
export function encodeRecord(record: unknown): string {
  const json = JSON.stringify(record).replace(beyondAscii, escapeUnit);
  return `${checksum(json)} ${json}\n`;
}

/** The records of a journal file, and how much of the file is valid. */
export interface DecodedJournal<T> {
  readonly records: readonly T[];
  /** Bytes up to the end of the last complete record. Writing continues here. */
  readonly wholeLength: number;
  /** `torn_tail`: the last record has no end, as after a crash during a write. `corrupt`: a complete record is damaged. */
  readonly damage: 'none' | 'torn_tail' | 'corrupt';
}

/** Decodes the records up to the first that is incomplete or damaged. */
export function decodeJournal<T>(text: string): DecodedJournal<T> {
  const records: T[] = [];
  let wholeLength = 0;
  while (wholeLength < text.length) {
    const end = text.indexOf('\n', wholeLength);
    const json = end < 0 ? undefined : jsonIn(text.slice(wholeLength, end));
    if (json === undefined) return { records, wholeLength, damage: damageAt(text, wholeLength) };
    records.push(JSON.parse(json));
    wholeLength = end + 1;
  }
  return { records, wholeLength, damage: 'none' };
}

/** A line that has its end was written completely. */
function damageAt(text: string, from: number): 'torn_tail' | 'corrupt' {
  return text.includes('\n', from) ? 'corrupt' : 'torn_tail';
}

/** The JSON of a complete line. */
function jsonIn(line: string): string | undefined {
  const json = line.slice(9);
  return line[8] === ' ' && line.slice(0, 8) === checksum(json) ? json : undefined;
}

const beyondAscii = /[\u007f-\uffff]/g;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** CRC-32 as in IEEE 802.3, in eight hexadecimal digits. */
function checksum(ascii: string): string {
  let crc = -1;
  for (let at = 0; at < ascii.length; at++) {
    crc = (crc >>> 8) ^ crcTable[(crc ^ ascii.charCodeAt(at)) & 0xff]!;
  }
  return (~crc >>> 0).toString(16).padStart(8, '0');
}

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
