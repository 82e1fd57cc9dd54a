import { readFile } from 'node:fs/promises';
import type { XAddress } from './x-address.js';

/** One way to be let in by an X server: the protocol's name and its secret, as they go over the wire. */
export type XCookie = { name: string; data: Uint8Array };

export const COOKIE_BYTES = 16;

const COOKIE_PROTOCOL = 'MIT-MAGIC-COOKIE-1';
const FAMILY_INTERNET = 0;
const FAMILY_INTERNET6 = 6;
const FAMILY_LOCAL = 256;
const FAMILY_WILD = 0xffff;

/**
 * An Xauthority file with one cookie for every address and display (the format that libXau reads: big-endian 16-bit
 * lengths before each field). One file serves the server's `-auth` and the clients' XAUTHORITY, and can be written
 * before the display's number is known.
 */
export function encodeXauthority(cookie: Uint8Array): Uint8Array {
  const family = Buffer.from([FAMILY_WILD >> 8, FAMILY_WILD & 0xff]);
  return Buffer.concat([family, counted(''), counted(''), counted(COOKIE_PROTOCOL), counted(cookie)]);
}

/** The cookie that the file holds for a display; null when there is no file, or no cookie for this display in it. */
export async function readXCookie(path: string, address: XAddress): Promise<XCookie | null> {
  const content = await readFile(path).catch(() => null);
  if (content === null) return null;
  const entry = [...entriesOf(content)].find((candidate) => opens(candidate, address));
  return entry === undefined ? null : { name: entry.name, data: entry.data };
}

type Entry = { family: number; display: string; name: string; data: Uint8Array };

function counted(value: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** A torn file yields its whole entries and nothing else. */
function* entriesOf(content: Buffer): Generator<Entry> {
  let offset = 0;
  const field = (): Buffer | null => {
    if (offset + 2 > content.length) return null;
    const end = offset + 2 + content.readUInt16BE(offset);
    const value = end <= content.length ? content.subarray(offset + 2, end) : null;
    offset = end;
    return value;
  };
  while (offset + 2 <= content.length) {
    const family = content.readUInt16BE(offset);
    offset += 2;
    const [address, display, name, data] = [field(), field(), field(), field()];
    if (address === null || display === null || name === null || data === null) return;
    yield { family, display: display.toString('latin1'), name: name.toString('latin1'), data };
  }
}

/**
 * The address of a local entry is the host's name, which a renamed or roaming machine no longer has; the display's
 * number and the kind of connection tell enough, and a wrong cookie is only refused.
 */
function opens(entry: Entry, address: XAddress): boolean {
  const families =
    address.host === null ? [FAMILY_LOCAL, FAMILY_WILD] : [FAMILY_INTERNET, FAMILY_INTERNET6, FAMILY_LOCAL];
  const rightDisplay = entry.display === '' || entry.display === String(address.number);
  return (
    rightDisplay &&
    entry.name === COOKIE_PROTOCOL &&
    (families.includes(entry.family) || entry.family === FAMILY_WILD)
  );
}
