import { expect, test } from 'vitest';
import { createIdentityDriver } from '../src/index.js';
import { launchCommand } from '../src/launch-command.js';
import { ports, screen } from './linux-fixture.js';

const session = { display: null, authorityPath: null, waylandDisplay: null };
const settings = { home: '/nonexistent', cuaApps: false, displays: false, screen, session };

test.each([
  ['linux', 'linux'],
  ['darwin', 'darwin'],
  ['win32', 'unsupported'],
])('%s is served by the driver for %s', (platform, expected) => {
  expect(createIdentityDriver(platform, settings, ports).platform).toBe(expected);
});

test('on any other platform slots launch plainly, and their windows are said to be unknown', async () => {
  const driver = createIdentityDriver('win32', settings, ports);
  const browser = { pid: 5, headless: false, cdp: { windowId: 1, targetId: 'T', bounds: null } };
  const preparation = await driver.prepare(0, 'chrome.exe', 'clean');
  expect(launchCommand(preparation, ['--headless'], { TMPDIR: 't' })).toEqual({
    handsOver: false,
    command: 'chrome.exe',
    arguments: ['--headless'],
    environment: { TMPDIR: 't' },
  });
  expect(await driver.identify(0, browser)).toMatchObject({
    ownerPid: 5,
    cdpTargetId: 'T',
    live: { failure: { code: 'platform_unsupported' } },
  });
  await expect(driver.screenshot(0, browser)).rejects.toMatchObject({ code: 'platform_unsupported' });
});
