import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInViewer } from '../src/stand-in-viewer.js';
import { event, idleSlot, slotState, told } from '../src/told.js';
import { startBrowser, ViewerPage } from '../src/viewer-page.js';

const nowS = Date.now() / 1_000;
const isLong = process.env['ESCARP_LONG'] === '1';

/** A pool with something of everything. */
function busyPool() {
  const pool = told([
    slotState(0),
    slotState(1, { isStale: true }),
    slotState(2, { control: { by: 'human', who: 'Anna', since: nowS - 70, isOwn: true } }),
    idleSlot(3),
    slotState(4),
    idleSlot(5, { state: 'resetting' }),
    slotState(6),
    idleSlot(7, { state: 'quarantined', lastError: 'the browser did not start: exit code 127' }),
  ]);
  const ask = { id: 'a', slot: 6, holder: 'claude', reason: 'A captcha.', instructions: 'Solve it, please.' };
  const approval = { id: 'b', holder: 'codex', what: 'Use the login admin', reason: 'The export needs it.' };
  return {
    ...pool,
    state: {
      ...pool.state,
      asks: [{ ...ask, askedAt: nowS - 30, expiresAt: nowS + 200 }],
      approvals: [{ ...approval, askedAt: nowS - 30, expiresAt: null }],
      queue: [{ holder: 'gemini in a-long-name-of-a-worktree', position: 1, estimateS: 20, queuedAt: nowS }],
      queueLength: 1,
      lastEvents: [event(200, 1, 40, 'resource-lost', 'browser died'), ...pool.state.lastEvents],
    },
  };
}

describe('the dashboard', { tags: ['browser'], timeout: 120_000 }, () => {
  let browser: Browser;
  let viewer: StandInViewer;

  beforeAll(async () => {
    browser = await startBrowser();
    viewer = await StandInViewer.start(busyPool());
  });
  afterAll(async () => {
    await browser.close();
    await viewer.close();
  });

  const pages = ['', '#/slot/2', '#/slot/6', '#/history', '#/figures'];
  // Colours are the same at every width, so that in short the dark ones are looked at once.
  const looks = [390, 1_280, 2_560].flatMap((width) => [
    { width, scheme: 'light' as const },
    ...(width === 1_280 || isLong ? [{ width, scheme: 'dark' as const }] : []),
  ]);

  describe.each(looks)('at $width px, $scheme', (look) => {
    let seen: ViewerPage;
    beforeAll(async () => {
      seen = await ViewerPage.open(browser, viewer.url, look);
    });
    afterAll(() => seen.page.close());

    it.each(pages)('fits, is accessible and breaks no rule of its policy on /%s', async (address) => {
      await seen.load(viewer.url + address);
      await seen.page.locator('.panel').first().waitFor();
      await seen.page.locator('.chart, .lane, .events, .instead').first().waitFor();
      expect(await seen.cutOff()).toEqual([]);
      expect(await seen.seriousFindings()).toEqual([]);
      expect(seen.complaints).toEqual([]);
    });
  });

  it('lets a person choose the colours, and keeps the choice', async () => {
    const { page } = await ViewerPage.open(browser, viewer.url, { scheme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.getByRole('button', { name: 'Colours: system' }).click();
    await page.getByRole('button', { name: 'Colours: light' }).click();
    await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
    await expect.poll(ground).not.toBe(light);
    await page.reload();
    await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
    await page.close();
  });

  it('loads nothing but its own files', async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(viewer.url);
    await page.locator('.card').first().waitFor();
    expect(asked.filter((url) => !url.startsWith(viewer.url))).toEqual([]);
    expect(asked.some((url) => url.includes('rfb'))).toBe(false);
    await page.close();
  });
});
