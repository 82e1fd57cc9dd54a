import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StandInViewer } from '../src/stand-in-viewer.js';
import { slotState, told } from '../src/told.js';
import { expectShown, jpegOf, startBrowser, ViewerPage } from '../src/viewer-page.js';

const eight = [0, 1, 2, 3, 4, 5, 6, 7];
const size = { pageWidth: 1_280, pageHeight: 720 };

describe('pictures', { tags: ['browser'], timeout: 120_000 }, () => {
  let browser: Browser;
  let red: Buffer;
  let viewer: StandInViewer;
  let seen: ViewerPage;

  beforeAll(async () => {
    browser = await startBrowser();
    red = await jpegOf(browser, '#ff0000');
    seen = await ViewerPage.open(browser, 'about:blank');
  });
  afterAll(async () => browser.close());
  afterEach(async () => {
    await seen.leave();
    await viewer.close();
  });

  const open = async (address = '', look = { width: 1_280, height: 2_000 }): Promise<void> => {
    viewer = await StandInViewer.start(told(eight.map((slot) => slotState(slot))));
    await seen.visit(viewer.url + address, look);
  };
  const watched = (): number[] => viewer.watched.map(({ slot }) => slot).toSorted((a, b) => a - b);
  const watches = (slots: number[]) => (): boolean => watched().join() === slots.join();
  const isRed = (slot: number) =>
    expect.poll(() => seen.colourOf(slot)).toSatisfy(([r = 0, g = 255]) => r > 240 && g < 20);

  it('shows eight slots at once, at two frames a second', async () => {
    await open();
    await viewer.until(watches(eight));
    expect(viewer.watched.every(({ rate }) => rate === 2)).toBe(true);
    for (const slot of eight) viewer.picture(slot, red, size);
    for (const slot of eight) await isRed(slot);
    await expect.poll(() => viewer.shown).toBe(8);
  });

  it('asks for those alone that are on the screen', async () => {
    await open('', { width: 390, height: 700 });
    await viewer.until(watches([0, 1]));
    await seen.page.locator('#slot-7').scrollIntoViewIfNeeded();
    await expect.poll(watched).toSatisfy((slots: number[]) => slots.includes(7) && !slots.includes(0));
  });

  it('asks for one slot large, at ten frames a second', async () => {
    await open('#/slot/3', { width: 1_280, height: 800 });
    await viewer.until(watches([3]));
    expect(viewer.watched).toMatchObject([{ slot: 3, rate: 10 }]);
    expect(viewer.watched[0]?.width).toBeGreaterThanOrEqual(800);
  });

  it('closes the connection when nothing is watched', async () => {
    await open();
    await viewer.until(watches(eight));
    await seen.page.getByRole('link', { name: 'Figures' }).click();
    await expect.poll(watched).toEqual([]);
  });

  it('says that it has drawn a picture, and not before', async () => {
    await open('#/slot/3', { width: 1_280, height: 800 });
    await viewer.until(watches([3]));
    for (let count = 1; count <= 5; count++) {
      viewer.picture(3, red, size);
      await expect.poll(() => viewer.shown).toBe(count);
    }
  });

  it('stays with a slot whose browser dies, and shows the new one', async () => {
    await open('#/slot/3', { width: 1_280, height: 800 });
    await viewer.until(watches([3]));
    viewer.news({ type: 'picture', slot: 3, state: 'starting', tabs: [], tab: null });
    await expectShown(seen.page.getByText('The browser is being started again'));
    const tab = { tab: 2, title: 'Back again', url: 'http://localhost:3000/' };
    viewer.news({ type: 'picture', slot: 3, state: 'live', tabs: [tab], tab: 2 });
    viewer.picture(3, red, size);
    await expectShown(seen.page.getByRole('img', { name: 'Live picture of slot 3: Back again' }));
    await isRed(3);
  });

  it('says so when the lease of a watched slot ends', async () => {
    await open('#/slot/3', { width: 1_280, height: 800 });
    await viewer.until(watches([3]));
    const slots = eight.map((slot) =>
      slotState(slot, slot === 3 ? { state: 'resetting', holder: null } : {}),
    );
    viewer.tell({ slots });
    await expectShown(seen.page.getByText('It is being cleaned for the next holder'));
    await expect.poll(watched).toEqual([]);
  });
});
