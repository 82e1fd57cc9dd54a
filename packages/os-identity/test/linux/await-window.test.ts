import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SlotBrowser } from '../../src/index.js';
import { openSlotHome, type SlotHome } from '../linux-fixture.js';
import { openWindow, type AppWindow } from '../x-actors.js';

const pid = 4711;
const browser: SlotBrowser = { pid, headless: false, cdp: null };

describe('awaiting a window', { tags: ['browser'] }, () => {
  let slots: SlotHome;

  beforeEach(async () => {
    slots = await openSlotHome();
  });

  afterEach(() => slots.close());

  async function unmapped(): Promise<AppWindow> {
    return openWindow(await slots.xTarget(0), { pid, wmClass: 'escarp-slot0' });
  }

  test('ends when the window comes up, not when it was made', async () => {
    const window = await unmapped();
    let answered = false;
    const awaited = slots.driver
      .awaitWindow(0, browser, AbortSignal.timeout(60_000))
      .finally(() => (answered = true));
    // The driver knows of the window by now, and that it is not up.
    expect((await slots.driver.identify(0, browser)).osWindowId).toBe(window.id);
    expect(answered).toBe(false);
    await window.map();
    expect(await awaited).toMatchObject({ osWindowId: window.id, live: { failure: null } });
    await window.leave();
  });

  test('ends when it is cut off, however long it would have gone on', async () => {
    await slots.xTarget(0);
    const cutOff = new AbortController();
    const awaited = slots.driver.awaitWindow(0, browser, cutOff.signal);
    expect((await slots.driver.identify(0, browser)).osWindowId).toBe(null);
    cutOff.abort();
    expect((await awaited).live.failure?.code).toBe('window_not_found');
  });

  test('ends at the deadline with what there is to say', async () => {
    await slots.xTarget(0);
    expect(await slots.driver.awaitWindow(0, browser, AbortSignal.timeout(300))).toMatchObject({
      osWindowId: null,
      live: { failure: { code: 'window_not_found' } },
    });
    const hidden = await unmapped();
    expect((await slots.driver.awaitWindow(0, browser, AbortSignal.timeout(300))).osWindowId).toBe(hidden.id);
    await hidden.leave();
  });

  test('does not wait for what time does not mend', async () => {
    const headless = await slots.driver.awaitWindow(
      0,
      { ...browser, headless: true },
      AbortSignal.timeout(60_000),
    );
    expect(headless.live.failure?.code).toBe('slot_headless');
    const nowhere = await slots.driver.awaitWindow(1, browser, AbortSignal.timeout(60_000));
    expect(nowhere.live.failure?.code).toBe('display_missing');
  });
});
