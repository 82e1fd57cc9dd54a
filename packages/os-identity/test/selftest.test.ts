import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatSelftest, selftestIdentity, type Bounds, type SelftestBrowser } from '../src/index.js';
import { fakeMac } from './darwin/fake-mac.js';
import { chromiumPath, startChromium } from './headed-chromium.js';
import { openSlotHome, ports, screen, type SlotHome } from './linux-fixture.js';
import { createIdentityDriver, type LaunchPreparation } from '../src/index.js';

const NAMES = [
  'the machine is ready',
  'the slot is prepared',
  'a browser starts',
  'the window is found',
  'the same window is found again',
  'a moved window is noticed',
  'the window comes to the front',
  'a screenshot is taken',
  'a closed window is noticed',
  'the slot is removed',
];

describe('the selftest of a real slot', { tags: ['browser'] }, () => {
  let slots: SlotHome;
  const launch = async (preparation: LaunchPreparation): Promise<SelftestBrowser> => {
    const browser = await startChromium(preparation, join(slots.home, 'selftest'));
    return {
      facts: browser.facts,
      bringToFront: async () => void (await browser.cdp.send('Page.bringToFront', {}, browser.page)),
      setBounds: async ({ x, y, ...size }: Bounds) => {
        const { cdp } = await browser.facts();
        const bounds = { left: x, top: y, ...size };
        await browser.cdp.send('Browser.setWindowBounds', { windowId: cdp?.windowId, bounds });
      },
      close: browser.close,
    };
  };

  beforeAll(async () => {
    slots = await openSlotHome();
  });
  afterAll(async () => slots?.close());

  test('passes every check, and prints a line for each', async () => {
    const checks = await selftestIdentity(slots.driver, 5, {
      executablePath: chromiumPath,
      launch,
      now: () => performance.now(),
    });
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual(NAMES);
    const text = formatSelftest('linux', checks);
    expect(text.split('\n')).toHaveLength(NAMES.length + 3);
    expect(text).toContain('10 of 10 passed');
  });
});

test('the selftest of a Mac that allows nothing names what is missing, and tries nothing in vain', async () => {
  const mac = fakeMac();
  mac.accessibility = false;
  const session = { display: null, authorityPath: null, waylandDisplay: null };
  const settings = { home: '/nonexistent', cuaApps: true, displays: false, screen, session };
  const driver = createIdentityDriver('darwin', settings, { ...ports, run: mac.run });
  const checks = await selftestIdentity(driver, 0, {
    executablePath: '/usr/bin/true',
    launch: async () => Promise.reject(new Error('must not be launched')),
    now: () => 0,
  });
  const [ready, prepared, started, quiet] = checks;
  expect(ready).toMatchObject({ ok: false, detail: expect.stringContaining('Privacy_Accessibility') });
  expect(prepared).toMatchObject({ ok: false, detail: expect.stringContaining('bundle_clone_failed') });
  expect(started?.detail).toContain('not tried');
  expect(quiet?.name).toBe('launching took no focus');
  expect(formatSelftest('darwin', checks)).toMatch(/^1 of 11 passed$/m);
});
