import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SlotIdentity } from '../../src/index.js';
import type { HeadedChromium } from '../headed-chromium.js';
import { openSlotHome, type SlotHome } from '../linux-fixture.js';

describe('verifying an identity', { tags: ['browser'] }, () => {
  let slots: SlotHome;
  let browser: HeadedChromium;
  let identity: SlotIdentity;
  const verify = async () => slots.driver.verify(0, await browser.facts(), identity);

  beforeAll(async () => {
    slots = await openSlotHome();
    browser = await slots.launch(0);
    identity = await slots.driver.identify(0, await browser.facts());
  });

  afterAll(async () => slots?.close());

  test('finds nothing changed while nothing has', async () => {
    expect(await verify()).toMatchObject({
      verified: true,
      changes: [],
      identity: { osWindowId: identity.osWindowId },
    });
  });

  test('notices a window that moved, and still knows it', async () => {
    const { cdp } = await browser.facts();
    const bounds = { left: 60, top: 50, width: 640, height: 480 };
    await browser.cdp.send('Browser.setWindowBounds', { windowId: cdp?.windowId, bounds });
    await expect.poll(verify).toMatchObject({
      verified: true,
      changes: ['moved'],
      identity: { bounds: { x: 60, y: 50, width: 640, height: 480 } },
    });
  });

  test('tells two windows of one browser by their geometry, and says when it cannot', async () => {
    await browser.cdp.send('Target.createTarget', { url: 'about:blank', newWindow: true });
    const facts = await browser.facts();
    // DevTools knows of the other window before the display does.
    const blind = () => slots.driver.identify(0, { ...facts, cdp: null });
    await expect.poll(blind).toMatchObject({ live: { failure: { code: 'window_ambiguous' } } });
    expect(await slots.driver.identify(0, facts)).toMatchObject({
      osWindowId: identity.osWindowId,
      calibrationNote: expect.stringContaining('told by its geometry'),
    });
  });

  test('notices a window that was closed and made anew', async () => {
    await browser.cdp.send('Target.closeTarget', { targetId: browser.targetId });
    const facts = { pid: identity.ownerPid!, headless: false, cdp: null };
    const again = () => slots.driver.verify(0, facts, identity);
    await expect.poll(async () => (await again()).changes).toEqual(['recreated']);
    const after = await again();
    expect(after.verified).toBe(false);
    expect(after.identity.osWindowId).not.toBe(identity.osWindowId);
    expect(after.identity).toMatchObject({ ownerPid: identity.ownerPid, live: { failure: null } });
  });

  test('notices a window that is gone with its browser', async () => {
    await browser.close();
    const facts = { pid: identity.ownerPid!, headless: false, cdp: null };
    // The display finds out by itself.
    await expect
      .poll(() => slots.driver.verify(0, facts, identity))
      .toMatchObject({
        verified: false,
        changes: ['closed'],
        identity: { osWindowId: null, live: { failure: { code: 'window_not_found' } } },
      });
  });

  test('a headless slot is identified without a window, and says why', async () => {
    const now = await slots.driver.identify(0, { pid: 1, headless: true, cdp: null });
    expect(now).toMatchObject({ osWindowId: null, live: { fields: [], failure: { code: 'slot_headless' } } });
  });
});
