import { describe, expect, it } from 'vitest';
import { withAbsolutePaths } from '../src/resolve-paths.js';

const place = { cwd: '/code/shop', userHome: '/home/ada' };
const homeOf = (value: string, at: { cwd: string | undefined; userHome: string } = place) =>
  withAbsolutePaths({ ESCARP_HOME: value }, at)['ESCARP_HOME'];

describe('the paths in the environment', () => {
  it.each([
    ['.pool', '/code/shop/.pool'],
    ['../pool', '/code/pool'],
    ['./a/../b/', '/code/shop/b'],
    ['~', '/home/ada'],
    ['~/x', '/home/ada/x'],
    ['/srv/a/../pool/', '/srv/pool'],
  ])('make %s absolute', (value, absolute) => {
    expect(homeOf(value)).toBe(absolute);
  });

  it('are made absolute wherever a path is expected, and nowhere else', () => {
    const env = {
      ESCARP_CFT_BINARY: 'chrome',
      ESCARP_LEASES_FILE: '~/l.json',
      ESCARP_RESET: 'tabs',
      OTHER: '~/x',
    };
    expect(withAbsolutePaths(env, place)).toEqual({
      ESCARP_CFT_BINARY: '/code/shop/chrome',
      ESCARP_LEASES_FILE: '/home/ada/l.json',
      ESCARP_RESET: 'tabs',
      OTHER: '~/x',
    });
  });

  it('may be left out or empty', () => {
    expect(withAbsolutePaths({ ESCARP_HOME: '' }, place)).toEqual({ ESCARP_HOME: '' });
    expect(withAbsolutePaths({}, { ...place, cwd: undefined })).toEqual({});
  });

  it.each(['/pool\r', '/pool\n', '\t/pool', '/po\u0000ol', '/pool\u007f'])('may not be %j', (value) => {
    expect(() => homeOf(value)).toThrow('control character');
  });

  it('may not be relative to a deleted working directory, nor to the home of another user', () => {
    expect(() => homeOf('pool', { ...place, cwd: undefined })).toThrow('working directory was deleted');
    expect(homeOf('~/x', { ...place, cwd: undefined })).toBe('/home/ada/x');
    expect(() => homeOf('~bob/x')).toThrow('another user');
  });
});
