import { describe, expect, it } from 'vitest';
import { launchArguments } from '../src/launch-arguments.js';
import { slotPaths } from '../src/slot-paths.js';
import type { SlotSpec } from '../src/slot.js';

const paths = slotPaths({ home: '/home/me/.escarp', shortTmp: '/tmp' }, 3, 'autonomous');

const spec: SlotSpec = {
  index: 3,
  port: 9225,
  tier: 'autonomous',
  headless: true,
  binary: '/usr/bin/chrome',
  wmClass: 'escarp-slot3',
  bounds: { left: 10, top: 20, width: 800, height: 600 },
  extraArgs: [],
  env: {},
};

const user = { platform: 'linux', isRoot: false } as const;

describe('launch arguments', () => {
  it('name the port, the profile, the window and the first page', () => {
    expect(launchArguments(spec, paths, user)).toEqual(
      expect.arrayContaining([
        '--headless=new',
        '--remote-debugging-port=9225',
        '--user-data-dir=/home/me/.escarp/profiles/autonomous/slot-3',
        '--class=escarp-slot3',
        '--window-position=10,20',
        '--window-size=800,600',
        'about:blank',
      ]),
    );
  });

  it('turn the sandbox off only for root', () => {
    expect(launchArguments(spec, paths, user)).not.toContain('--no-sandbox');
    expect(launchArguments(spec, paths, { ...user, isRoot: true })).toContain('--no-sandbox');
  });

  it('give a headed slot a window', () => {
    expect(launchArguments({ ...spec, headless: false }, paths, user)).not.toContain('--headless=new');
  });

  it.each([
    '--remote-allow-origins=*',
    '--remote-allow-origins',
    '-remote-allow-origins=*',
    '--remote-debugging-pipe',
    '--',
  ])('refuse %s', (argument) => {
    expect(() => launchArguments({ ...spec, extraArgs: [argument] }, paths, user)).toThrow(
      expect.objectContaining({ code: 'browser_launch_failed' }),
    );
  });

  it('let no extra argument move the port or the profile', () => {
    const extraArgs = ['--remote-debugging-port=1', '--user-data-dir=/elsewhere'];
    const given = launchArguments({ ...spec, extraArgs }, paths, user);
    expect(given.findLast((argument) => argument.startsWith('--remote-debugging-port='))).toMatch(/9225$/);
    expect(given.findLast((argument) => argument.startsWith('--user-data-dir='))).toMatch(/slot-3$/);
  });

  it('merge the features to be turned off', () => {
    const given = launchArguments({ ...spec, extraArgs: ['--disable-features=Mine'] }, paths, user);
    const features = given.filter((argument) => argument.startsWith('--disable-features='));
    expect(features).toHaveLength(1);
    expect(features[0]).toMatch(/Translate.*,Mine$/);
  });
});
