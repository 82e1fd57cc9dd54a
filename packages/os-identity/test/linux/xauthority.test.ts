import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseXAddress } from '../../src/linux/x-address.js';
import { encodeXauthority, readXCookie } from '../../src/linux/xauthority.js';

const secret = Uint8Array.from({ length: 16 }, (_value, index) => index + 1);

describe('an Xauthority file', () => {
  let directory: string;
  const path = () => join(directory, 'xauth');
  const read = async (content: Uint8Array, display = ':5') => {
    await writeFile(path(), content);
    const cookie = await readXCookie(path(), parseXAddress(display));
    return cookie === null ? null : Buffer.from(cookie.data).toString('hex');
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'escarp-id-'));
  });
  afterEach(async () => rm(directory, { recursive: true }));

  test('of ours opens every display', async () => {
    expect(await read(encodeXauthority(secret), ':5')).toBe(Buffer.from(secret).toString('hex'));
    expect(await read(encodeXauthority(secret), ':117')).toBe(Buffer.from(secret).toString('hex'));
  });

  test('with entries of several displays gives the cookie of the one asked for', async () => {
    const file = Buffer.concat([entry(256, 'host', '4', 'aa'), entry(256, 'host', '5', 'bb')]);
    expect(await read(file, ':5')).toBe('bb');
    expect(await read(file, ':6')).toBeNull();
  });

  test('that ends in the middle of an entry gives what came whole before it', async () => {
    const whole = entry(256, 'host', '5', 'bb');
    const file = Buffer.concat([whole, entry(256, 'host', '6', 'cc')]);
    for (let bytes = 0; bytes < whole.length; bytes += 1)
      expect(await read(file.subarray(0, bytes))).toBeNull();
    expect(await read(file.subarray(0, file.length - 1))).toBe('bb');
    expect(await read(file.subarray(0, file.length - 1), ':6')).toBeNull();
  });

  test('that is not there gives no cookie', async () => {
    expect(await readXCookie(join(directory, 'none'), parseXAddress(':5'))).toBeNull();
  });
});

function entry(family: number, address: string, display: string, hex: string): Buffer {
  const parts = [
    Buffer.from(address),
    Buffer.from(display),
    Buffer.from('MIT-MAGIC-COOKIE-1'),
    Buffer.from(hex, 'hex'),
  ];
  return Buffer.concat([Buffer.from([family >> 8, family & 0xff]), ...parts.map((part) => field(part))]);
}

function field(value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, value.length]), value]);
}
