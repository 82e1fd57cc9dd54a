import { expect, it } from 'vitest';
import { isUnmarkedBrowser } from '../../src/process/unmarked-browser.js';
import { slotPaths } from '../../src/slot-paths.js';

const paths = slotPaths({ home: '/Users/me/.escarp', shortTmp: '/tmp' }, 0, 'autonomous');
const isOpenedApp = (commandLine: string): boolean =>
  isUnmarkedBrowser({ pid: 1, startedAt: '1', isStopped: false, commandLine }, paths, 'darwin');

it.each([
  [
    'the application with the profile',
    '/Applications/Slot 0.app/Contents/MacOS/Chrome --x --user-data-dir=PROFILE --y',
    true,
  ],
  ['its helper', '/Applications/Slot 0.app/Contents/Frameworks/Helper --user-data-dir=PROFILE', true],
  [
    'the application with another profile',
    '/Applications/Slot 0.app/Contents/MacOS/Chrome --user-data-dir=PROFILE0',
    false,
  ],
  ['an editor', '/usr/bin/vim --user-data-dir=PROFILE /Applications/Slot 0.app/Contents/MacOS/Chrome', false],
])(
  'takes %s for what it is on macOS, where `open` passes on no environment',
  (_name, commandLine, isOurs) => {
    expect(isOpenedApp(commandLine.replace('PROFILE', paths.profile))).toBe(isOurs);
  },
);
