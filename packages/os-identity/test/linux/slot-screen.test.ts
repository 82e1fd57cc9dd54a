import { afterEach, describe, expect, test } from 'vitest';
import type { IdentitySettings } from '../../src/index.js';
import { createIdentityDriver } from '../../src/index.js';
import { displayFiles, readDisplayRecord } from '../../src/linux/display-record.js';
import { readRunningProcess } from '../../src/linux/process-stamp.js';
import { openSlotHome, ports, screen, type SlotHome } from '../linux-fixture.js';

const noScreen = { display: null, authorityPath: null, waylandDisplay: null };

/** Which process serves the slot's own display; null if none does. */
async function serverOf({ home }: SlotHome, slot: number): Promise<number | null> {
  const record = await readDisplayRecord(displayFiles(home, slot).record);
  return record === null ? null : record.process.pid;
}

describe('slots with a display of their own where there is no screen', { tags: ['browser'] }, () => {
  const opened: SlotHome[] = [];
  const open = async (changes: Partial<IdentitySettings>): Promise<SlotHome> => {
    const home = await openSlotHome({ displays: 'without_screen', ...changes });
    opened.push(home);
    return home;
  };

  afterEach(async () => {
    for (const home of opened.splice(0).toReversed()) await home.close();
  });

  test('have it from their launch until it is taken away', async () => {
    const slots = await open({ session: noScreen });
    expect(await slots.driver.whyNoWindow()).toBeNull();
    const { environment } = await slots.driver.prepare(0, '/bin/true', 'clean');
    const pid = (await serverOf(slots, 0)) ?? 0;
    expect(environment['DISPLAY']).toMatch(/^:\d+$/);
    expect(await readRunningProcess(pid)).not.toBeNull();
    expect(await slots.driver.prepare(0, '/bin/true', 'relaunch')).toMatchObject({ environment });
    expect(await serverOf(slots, 0)).toBe(pid);
    await slots.driver.remove(0);
    expect(await readRunningProcess(pid)).toBeNull();
    expect(await serverOf(slots, 0)).toBeNull();
  });

  test('use the screen where one answers, and then keep no display', async () => {
    const desktop = await open({ displays: true });
    const { address, authorityPath } = await desktop.xTarget(7);
    const session = { display: address.display, authorityPath, waylandDisplay: null };
    const slots = await open({ session: noScreen });
    await slots.driver.prepare(0, '/bin/true', 'clean');
    const pid = (await serverOf(slots, 0)) ?? 0;
    const settings = {
      home: slots.home,
      displays: 'without_screen',
      cuaApps: false,
      screen,
      session,
    } as const;
    const atDesktop = createIdentityDriver('linux', settings, ports);
    const { environment } = await atDesktop.prepare(0, '/bin/true', 'clean');
    expect(environment['DISPLAY']).toBe(address.display);
    expect(await readRunningProcess(pid)).toBeNull();
  });

  test('say what to install where there is neither', async () => {
    const settings = {
      home: '/nonexistent',
      displays: 'without_screen',
      cuaApps: false,
      screen,
      session: noScreen,
    } as const;
    const run = async () => ({ exitCode: null, stdout: '', stderr: '' });
    const driver = createIdentityDriver('linux', settings, { ...ports, run });
    expect(await driver.whyNoWindow()).toMatchObject({
      code: 'xvnc_missing',
      hint: expect.stringContaining('apt-get install'),
    });
    expect(await driver.doctor()).toMatchObject([{ code: 'xvnc_missing' }]);
  });
});
