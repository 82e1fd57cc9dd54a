import { describe, expect, test } from 'vitest';
import { parseXAddress } from '../../src/linux/x-address.js';

describe('a DISPLAY', () => {
  test.each([
    [':0', { host: null, number: 0, screen: 0 }],
    [':12.1', { host: null, number: 12, screen: 1 }],
    ['unix:3', { host: null, number: 3, screen: 0 }],
    ['localhost:10.0', { host: 'localhost', number: 10, screen: 0 }],
  ])('%s is read', (display, expected) => {
    expect(parseXAddress(display)).toEqual({ display, ...expected });
  });

  test.each(['', '0', 'wayland-0', ':x'])('"%s" names no X server', (display) => {
    expect(() => parseXAddress(display)).toThrow(expect.objectContaining({ code: 'display_missing' }));
  });
});
