import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInViewer } from '../src/stand-in-viewer.js';
import { slotState, told } from '../src/told.js';
import { expectShown, startBrowser, ViewerPage } from '../src/viewer-page.js';

describe('the session', { tags: ['browser'], timeout: 120_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => browser.close());

  it('is told of, gives links to others, and can be ended', async () => {
    const viewer = await StandInViewer.start(told([slotState(0), slotState(1)]));
    const seen = await ViewerPage.open(browser, viewer.url, { width: 390, scheme: 'dark' });
    const { page } = seen;
    await page.getByRole('button', { name: 'Session' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session' });
    await expectShown(dialog.getByText(/You can watch and control, for (1 h|\d+ min) more\./));
    expect(await seen.seriousFindings()).toEqual([]);
    expect(await seen.cutOff()).toEqual([]);

    await dialog.getByLabel('They can').selectOption('watch and control');
    await dialog.getByLabel('Slots').selectOption('slot 1');
    await dialog.getByRole('button', { name: 'Make a link' }).click();
    await expect.poll(() => dialog.getByLabel('Opens once').inputValue()).toBe(viewer.link.url);
    expect(viewer.posted).toEqual([{ path: 'api/links', body: { right: 'control', slot: 1 } }]);

    await dialog.getByRole('button', { name: 'End this session' }).click();
    await expectShown(page.getByRole('heading', { name: 'This session has ended' }));
    expect(viewer.posted[1]).toEqual({ path: 'api/session/end', body: {} });
    await page.close();
    await viewer.close();
  });
});
