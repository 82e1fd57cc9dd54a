import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createIdentityDriver, launchCommand, type IdentityDriver } from '../../src/index.js';
import { ports, screen } from '../linux-fixture.js';
import { makeChrome } from './chrome-fixture.js';
import { fakeMac, type FakeMac } from './fake-mac.js';

const session = { display: null, authorityPath: null, waylandDisplay: null };
const CHROME = 501;
const place = { x: 40, y: 60, width: 1200, height: 800 };
const browser = { pid: CHROME, headless: false, cdp: { windowId: 7, targetId: 'T', bounds: place } };
const noTab = async () => undefined;

describe('slots on macOS, by the commands they give and the answers they get', { timeout: 60_000 }, () => {
  let home: string;
  let mac: FakeMac;
  let driver: IdentityDriver;
  const driverWith = (cuaApps: boolean) =>
    createIdentityDriver(
      'darwin',
      { home, cuaApps, displays: false, screen, session },
      { ...ports, run: mac.run },
    );

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'escarp-id-'));
    mac = fakeMac();
    mac.windows = [
      { id: 3, pid: 88, bounds: { x: 0, y: 0, width: 1728, height: 37 }, layer: 24, title: 'Menubar' },
      { id: 900, pid: 600, bounds: { x: 0, y: 37, width: 1728, height: 1000 }, title: 'Terminal' },
      { id: 41, pid: CHROME, bounds: { x: 40, y: 830, width: 300, height: 24 }, title: '' },
      { id: 40, pid: CHROME, bounds: place, title: 'about:blank - Google Chrome for Testing' },
      { id: 50, pid: 502, bounds: place, title: 'a neighbour' },
    ];
    mac.frontmostPid = 600;
    mac.mainWindowOf.set(CHROME, 40);
    driver = driverWith(true);
  });
  afterEach(async () => rm(home, { recursive: true }));

  test('are bound to their window number by owner, past bubbles and neighbours at the same place', async () => {
    expect(await driver.identify(2, browser)).toMatchObject({
      slot: 2,
      osWindowId: 40,
      ownerPid: CHROME,
      bounds: place,
      cdpWindowId: 7,
      cdpTargetId: 'T',
      cuaAppBundleId: 'dev.escarp.chrome.slot2',
      cuaAppName: 'Escarp Chrome Slot 2',
      cuaAppPath: join(home, 'cua-apps', 'Escarp Chrome Slot 2.app'),
      display: null,
      wmClass: null,
      live: { fields: ['osWindowId', 'ownerPid', 'bounds'], failure: null },
    });
  });

  test('with two windows are bound by geometry', async () => {
    mac.windows.unshift({ id: 42, pid: CHROME, bounds: { ...place, x: 500 }, title: 'popup' });
    const identity = await driver.identify(2, browser);
    expect(identity.osWindowId).toBe(40);
    expect(identity.calibrationNote).toContain('geometry');
  });

  test('of one shared bundle have no application of their own', async () => {
    expect(await driverWith(false).identify(2, browser)).toMatchObject({
      osWindowId: 40,
      cuaAppBundleId: null,
    });
  });

  test('are verified by asking again: moved, closed and made anew are told apart', async () => {
    const previous = await driver.identify(2, browser);
    const window = mac.windows.find(({ id }) => id === 40)!;
    expect(await driver.verify(2, browser, previous)).toMatchObject({ verified: true, changes: [] });
    window.bounds = { ...place, x: 300 };
    expect(await driver.verify(2, browser, previous)).toMatchObject({ verified: true, changes: ['moved'] });
    window.id = 77;
    expect(await driver.verify(2, browser, previous)).toMatchObject({
      verified: false,
      changes: ['recreated'],
      identity: { osWindowId: 77 },
    });
    mac.windows = mac.windows.filter(({ id }) => id !== 77);
    expect(await driver.verify(2, browser, previous)).toMatchObject({
      verified: false,
      changes: ['closed'],
      identity: { osWindowId: null, live: { failure: { code: 'window_not_found' } } },
    });
  });

  test('are not mistaken for another application’s window that got their number', async () => {
    const previous = await driver.identify(2, browser);
    mac.windows.find(({ id }) => id === 40)!.pid = 600;
    expect(await driver.verify(2, browser, previous)).toMatchObject({ verified: false, changes: ['closed'] });
  });

  test('say so when the window server could not be asked', async () => {
    mac.before = () => ({ exitCode: 1, stdout: '', stderr: 'execution error: … (-10827)' });
    const identity = await driver.identify(2, browser);
    expect(identity.live).toMatchObject({ fields: [], failure: { code: 'command_failed' } });
    expect(await driver.verify(2, browser, { ...identity, osWindowId: 40 })).toMatchObject({
      verified: false,
      changes: [],
    });
    expect(await driver.doctor()).toMatchObject([{ code: 'command_failed' }]);
  });

  test('come to the front: DevTools first, then the application, then the window, then a look', async () => {
    const order: string[] = [];
    mac.before = (command) => void order.push(command[4] ?? 'survey');
    const identity = await driver.focus(2, browser, async () => void order.push('Page.bringToFront'));
    expect(identity.osWindowId).toBe(40);
    expect(order).toEqual(['Page.bringToFront', 'survey', 'raise', 'survey', 'inspect', 'survey']);
    expect(await driver.inspectFocus(2, browser)).toEqual({ focused: true, reason: null });
  });

  test('are not called focused when another application stays in front', async () => {
    mac.obedient = false;
    await expect(driver.focus(2, browser, noTab)).rejects.toMatchObject({
      code: 'focus_not_verified',
      message: expect.stringContaining('pid 600 is the frontmost application'),
    });
  });

  test('are not called focused when a window of others floats over theirs', async () => {
    await driver.focus(2, browser, noTab);
    mac.windows.unshift({ id: 901, pid: 600, bounds: { x: 100, y: 100, width: 200, height: 200 } });
    expect(await driver.inspectFocus(2, browser)).toEqual({
      focused: false,
      reason: 'window 901 of pid 600 is on top of it',
    });
  });

  test('are not called focused when another window of the same browser is its main window', async () => {
    await driver.focus(2, browser, noTab);
    mac.windows.push({ id: 42, pid: CHROME, bounds: { ...place, x: 500 } });
    mac.mainWindowOf.set(CHROME, 42);
    expect((await driver.inspectFocus(2, browser)).reason).toContain('another window of the application');
  });

  test.each([
    ['accessibility', 'Privacy_Accessibility'],
    ['automation', 'Privacy_Automation'],
  ] as const)('name the settings pane when %s is not allowed', async (permission, anchor) => {
    mac[permission] = false;
    await expect(driver.focus(2, browser, noTab)).rejects.toMatchObject({
      code: 'permission_missing',
      hint: expect.stringContaining(anchor),
    });
  });

  test('name the pane for screenshots, and take one when allowed', async () => {
    const shot = await driver.screenshot(2, browser);
    expect(shot).toMatchObject({ width: 1200, height: 800, region: 'window' });
    expect(mac.commands.at(-1)?.slice(0, 6)).toEqual([
      '/usr/sbin/screencapture',
      '-x',
      '-o',
      '-t',
      'png',
      '-l40',
    ]);
    mac.screenRecording = false;
    await expect(driver.screenshot(2, browser)).rejects.toMatchObject({
      code: 'permission_missing',
      hint: expect.stringContaining('Privacy_ScreenCapture'),
    });
  });

  test('are told apart without titles, which macOS hides without Screen Recording', async () => {
    mac.screenRecording = false;
    expect((await driver.identify(2, browser)).osWindowId).toBe(40);
    expect(await driver.doctor()).toMatchObject([
      { code: 'permission_missing', hint: expect.stringContaining('Privacy_ScreenCapture') },
    ]);
  });

  test('start in the background through LaunchServices, as the slot’s own application', async () => {
    const chrome = await makeChrome(join(home, 'source'), 'xml');
    const preparation = await driver.prepare(2, chrome, 'clean');
    const { command, arguments: words } = launchCommand(preparation, ['--user-data-dir=/p'], {
      TMPDIR: '/t',
    });
    expect([command, ...words]).toEqual([
      '/usr/bin/open',
      '-g',
      '-n',
      '-a',
      join(home, 'cua-apps', 'Escarp Chrome Slot 2.app'),
      '--env',
      'TMPDIR=/t',
      '--args',
      '--user-data-dir=/p',
    ]);
    await driver.remove(2);
  });

  test('give up on a question that osascript does not answer, and say where to look', async () => {
    mac.before = () => ({ exitCode: null, stdout: '', stderr: '' });
    await expect(driver.screenshot(2, browser)).rejects.toMatchObject({
      code: 'command_failed',
      hint: expect.stringContaining('permission prompt'),
    });
  });
});
