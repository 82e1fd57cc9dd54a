import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodePng } from '../src/png.js';
import { decodePng } from './decode-png.js';

test('a PNG gives back every pixel that went in', () => {
  const [width, height] = [3, 2];
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_value, index) => index * 14);
  const pixels = decodePng(encodePng(rgb, width, height));
  expect([pixels.width, pixels.height]).toEqual([width, height]);
  expect(pixels.at(0, 0)).toBe('#000e1c');
  expect(pixels.at(2, 1)).toBe('#d2e0ee');
});

test('a PNG has the signature, and a right checksum on every chunk', () => {
  const png = Buffer.from(encodePng(new Uint8Array(3), 1, 1));
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  const types: string[] = [];
  for (let offset = 8; offset < png.length;) {
    const end = offset + 8 + png.readUInt32BE(offset);
    types.push(png.toString('latin1', offset + 4, offset + 8));
    expect(png.readUInt32BE(end)).toBe(crc32(png.subarray(offset + 4, end)));
    offset = end + 4;
  }
  expect(types).toEqual(['IHDR', 'IDAT', 'IEND']);
});
