import { expect, it } from 'vitest';
import { bytes, counted, duration, relativeTime } from '../../src/print/quantities.js';

it.each([
  [0, '0ms'],
  [-3, '0ms'],
  [999, '999ms'],
  [1000, '1s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [63_000, '1m 3s'],
  [3_600_000, '1h'],
  [3_603_000, '1h'],
  [90_061_000, '1d 1h'],
])('%d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it.each([
  [100, 112.4, '12s ago'],
  [163.2, 100, 'in 1m 3s'],
  [100.4, 100, 'now'],
])('%d seen from %d is %s', (atS, nowS, text) => {
  expect(relativeTime(atS, nowS)).toBe(text);
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [231_400_000, '231 MB'],
  [999_600, '1.0 MB'],
  [1_234_000_000, '1.2 GB'],
])('%d bytes are %s', (count, text) => {
  expect(bytes(count)).toBe(text);
});

it.each([
  [0, '0 slots'],
  [1, '1 slot'],
  [2, '2 slots'],
])('%d of them are %s', (count, text) => {
  expect(counted(count, 'slot')).toBe(text);
});
