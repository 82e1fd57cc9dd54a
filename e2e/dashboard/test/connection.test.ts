import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StandInViewer } from '../src/stand-in-viewer.js';
import { slotState, told } from '../src/told.js';
import { expectAnnounced, expectShown, startBrowser, ViewerPage } from '../src/viewer-page.js';

describe('the connection', { tags: ['browser'], timeout: 120_000 }, () => {
  let browser: Browser;
  let viewer: StandInViewer;
  let seen: ViewerPage;
  let page: Page;

  beforeAll(async () => {
    browser = await startBrowser();
    seen = await ViewerPage.open(browser, 'about:blank');
    ({ page } = seen);
  });
  afterAll(async () => browser.close());
  afterEach(async () => {
    await seen.leave();
    await viewer.close();
  });

  const open = async (slots = [slotState(0)], inPage = seen): Promise<void> => {
    viewer = await StandInViewer.start(told(slots));
    await inPage.visit(viewer.url);
    await expectShown(inPage.page.getByRole('heading', { name: 'Slots' }));
  };

  it('says when it is lost, keeps what was known, and comes back by itself', async () => {
    await open();
    viewer.cut();
    await expectShown(page.getByText('The connection was lost.', { exact: true }));
    expect(await page.getByRole('link', { name: 'Slot 0' }).isVisible()).toBe(true);
    await expectAnnounced(page, 'Reconnecting');
    viewer.isReachable = true;
    viewer.tell({ slots: [slotState(0), slotState(1)] });
    await expectShown(page.getByRole('link', { name: 'Slot 1' }));
    await expectAnnounced(page, 'Connected again.');
    await expect.poll(() => viewer.watched.length).toBe(2);
  });

  it('says why the session has ended, and stops', async () => {
    await open();
    viewer.end({ reason: 'revoked' });
    await expectShown(page.getByRole('heading', { name: 'This session has ended' }));
    await expectShown(page.getByText('It was revoked.'));
    await expect.poll(() => viewer.watched.length).toBe(0);
  });

  it('sees by itself that the session ended while it was away', async () => {
    await open();
    viewer.cut();
    await expectShown(page.getByRole('button', { name: 'Try now' }));
    viewer.refuseWith = { status: 401, error: 'session_ended', message: 'The session has ended.' };
    viewer.isReachable = true;
    await expectShown(page.getByRole('heading', { name: 'This session has ended' }));
  });

  it('says when the daemon does not answer', async () => {
    await open();
    viewer.tell({ daemonAnswers: false });
    await expectShown(page.getByRole('alert').getByText('The daemon does not answer.'));
    viewer.tell({ daemonAnswers: true });
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });

  it('says what to do about an empty pool', async () => {
    await open([]);
    await expectShown(page.getByText('The pool has no slots.'));
    await expectShown(page.getByText('Nobody waits for a slot.'));
  });

  it('says so for a slot that is not there', async () => {
    await open();
    await page.goto(`${viewer.url}#/slot/9`);
    await expectShown(page.getByText('There is no slot 9 in the pool'));
  });

  it('comes back at once when asked to', async () => {
    // In this page no time passes, so that it does not come back by itself.
    const timeless = await ViewerPage.open(browser, 'about:blank');
    await open([slotState(0)], timeless);
    await timeless.page.clock.install();
    await timeless.page.clock.pauseAt(Date.now() + 60_000);
    viewer.cut();
    const button = timeless.page.getByRole('button', { name: 'Try now' });
    await button.waitFor();
    viewer.isReachable = true;
    await button.click();
    await expect.poll(() => button.count()).toBe(0);
    await timeless.page.close();
  });
});
