import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SlotStrip } from '@escarp/live-view/wire';
import { StandInViewer } from '../src/stand-in-viewer.js';
import { slotState, told } from '../src/told.js';
import { expectShown, jpegOf, startBrowser, ViewerPage } from '../src/viewer-page.js';

const nowS = Math.floor(Date.now() / 1_000);
const shot = (number: number, title: string) => ({
  file: `${number}.jpg`,
  at: nowS - 100 + number,
  title,
  url: `http://shop.example/${number}`,
});
const strip: SlotStrip = {
  slot: 0,
  fence: 40,
  holder: 'claude in a-worktree-with-a-very-long-name-that-nobody-would-choose',
  since: nowS - 200,
  isKept: false,
  pictures: [shot(1, 'Shop'), shot(2, 'Cart'), shot(3, '')],
};
const kept: SlotStrip = { ...strip, fence: 12, holder: 'codex', isKept: true, pictures: [shot(4, 'Before')] };

describe('the screenshots of a slot', { tags: ['browser'], timeout: 120_000 }, () => {
  let browser: Browser;
  let viewer: StandInViewer;

  beforeAll(async () => {
    browser = await startBrowser();
    viewer = await StandInViewer.start({ ...told([slotState(0), slotState(1)]), strips: [strip, kept] });
    viewer.shot = await jpegOf(browser, '#3050d0');
  });
  afterAll(async () => {
    await browser.close();
    await viewer.close();
  });

  const nameOf = (page: Page, title: string) => page.getByRole('button', { name: new RegExp(`, ${title}$`) });

  it.each([
    [390, 'light'],
    [1_280, 'dark'],
  ] as const)('are told by lease, in words too, at %i px, %s', async (width, scheme) => {
    const seen = await ViewerPage.open(browser, `${viewer.url}#/slot/0`, { width, scheme });
    const { page } = seen;
    await expectShown(page.getByRole('region', { name: /Screenshots of claude.*3 pictures.*deleted with/ }));
    await expectShown(page.getByRole('region', { name: /Screenshots of codex.*1 picture .*kept/ }));
    await expectShown(nameOf(page, 'http://shop.example/3'));
    await nameOf(page, 'Cart').click();
    await expectShown(page.getByRole('dialog', { name: /, Cart$/ }));
    expect(await seen.seriousFindings()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await seen.cutOff()).toEqual([]);
    expect(seen.complaints).toEqual([]);
    await page.close();
  });

  it('are turned with the keyboard, which then is where it was', async () => {
    const seen = await ViewerPage.open(browser, `${viewer.url}#/slot/0`);
    const { page } = seen;
    await nameOf(page, 'Shop').focus();
    await page.keyboard.press('Enter');
    await expectShown(page.getByRole('img', { name: /, Shop$/ }));
    await page.keyboard.press('ArrowRight');
    await expectShown(page.getByRole('img', { name: /, Cart$/ }));
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expectShown(page.getByRole('img', { name: /, Shop$/ }));
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await expect.poll(() => seen.focused()).toMatch(/, Shop$/);
    await page.close();
  });

  it('are nothing on a slot without any', async () => {
    const { page } = await ViewerPage.open(browser, `${viewer.url}#/slot/1`);
    await page.locator('.events').first().waitFor();
    expect(await page.locator('.strip').count()).toBe(0);
    await page.close();
  });
});
