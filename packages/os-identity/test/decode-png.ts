import { inflateSync } from 'node:zlib';

export type Pixels = { width: number; height: number; at: (x: number, y: number) => string };

/** Reads back an 8-bit RGB PNG whose rows have no filter, and nothing else. */
export function decodePng(png: Uint8Array): Pixels {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const parts: Buffer[] = [];
  for (let offset = 8; offset < bytes.length; offset += 12 + bytes.readUInt32BE(offset)) {
    const type = bytes.toString('latin1', offset + 4, offset + 8);
    if (type === 'IDAT') parts.push(bytes.subarray(offset + 8, offset + 8 + bytes.readUInt32BE(offset)));
  }
  const rows = inflateSync(Buffer.concat(parts));
  const at = (x: number, y: number) => {
    const start = y * (width * 3 + 1) + 1 + x * 3;
    return `#${rows.subarray(start, start + 3).toString('hex')}`;
  };
  return { width, height, at };
}
