import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coverWith, manage } from '../x-actors.js';
import type { HeadedChromium } from '../headed-chromium.js';
import { openSlotHome, screen, type SlotHome } from '../linux-fixture.js';
import type { XTarget } from '../../src/linux/x-connection.js';

const wholeScreen = { x: 0, y: 0, ...screen };
const noTab = async () => undefined;

describe('focus', { tags: ['browser'] }, () => {
  let slots: SlotHome;
  let browser: HeadedChromium;
  let target: XTarget;
  const inspect = async () => slots.driver.inspectFocus(0, await browser.facts());
  const focus = async () => slots.driver.focus(0, await browser.facts(), noTab);

  beforeAll(async () => {
    slots = await openSlotHome();
    browser = await slots.launch(0);
    target = await slots.xTarget(0);
  });

  afterAll(async () => slots?.close());

  test('is verified when the slot’s window has the keyboard and nothing is on top', async () => {
    const identity = await focus();
    expect(identity.live.failure).toBeNull();
    expect(await inspect()).toEqual({ focused: true, reason: null });
  });

  test('shows the slot’s tab first, through the port that is handed in', async () => {
    const asked: string[] = [];
    await slots.driver.focus(0, await browser.facts(), async () => void asked.push('Page.bringToFront'));
    expect(asked).toEqual(['Page.bringToFront']);
  });

  test('is not verified while another window is on top, and is after the slot was raised', async () => {
    const stranger = await coverWith(target, { x: 100, y: 100, width: 300, height: 300 }, false);
    expect(await inspect()).toEqual({ focused: false, reason: `window ${stranger.id} is on top of it` });
    await focus();
    expect(await inspect()).toEqual({ focused: true, reason: null });
    await stranger.leave();
  });

  test('a window that pushes itself back on top makes focus fail with focus_not_verified', async () => {
    const stranger = await coverWith(target, wholeScreen, true);
    // Where it comes too late, on a busy machine, the window was in front, as focus then says.
    await expect
      .poll(() => focus().catch((error: unknown) => error))
      .toMatchObject({
        code: 'focus_not_verified',
        message: expect.stringContaining(`window ${stranger.id} is on top`),
      });
    await stranger.leave();
    await focus();
  });

  test('asks a window manager by _NET_ACTIVE_WINDOW, and believes only what the manager then says', async () => {
    const manager = await manage(target, true);
    expect(await inspect()).toEqual({ focused: false, reason: 'no window has the keyboard' });
    await focus();
    expect(await inspect()).toEqual({ focused: true, reason: null });
    await manager.leave();
  });

  test('fails when the window manager does not do as it was asked', async () => {
    const manager = await manage(target, false);
    await expect(focus()).rejects.toMatchObject({ code: 'focus_not_verified' });
    await manager.leave();
    await focus();
  });

  test('a headless slot and a dead one have no window to focus', async () => {
    const facts = await browser.facts();
    const headless = { ...facts, headless: true };
    await expect(slots.driver.focus(0, headless, noTab)).rejects.toMatchObject({ code: 'slot_headless' });
    const dead = { ...facts, pid: facts.pid + 1 };
    await expect(slots.driver.focus(0, dead, noTab)).rejects.toMatchObject({ code: 'window_not_found' });
  });
});
