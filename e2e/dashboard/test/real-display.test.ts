import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAnnounced, startBrowser, ViewerPage } from '../src/viewer-page.js';
import { paint, WatchedPool } from '../src/watched-pool.js';
import type { Agent } from '../src/watched-pool.js';

describe('a slot on a display', { tags: ['browser'], timeout: 240_000 }, () => {
  let pool: WatchedPool;
  let agent: Agent;
  let browser: Browser;
  let seen: ViewerPage;
  let page: Page;

  beforeAll(async () => {
    browser = await startBrowser();
    pool = await WatchedPool.start(1, {}, '--displays');
    agent = await pool.agent('agent@on-a-display');
    await paint(agent, '#d03030');
    seen = await ViewerPage.open(browser, await pool.link('--control'));
    ({ page } = seen);
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await pool.end();
  }, 120_000);

  it('is shown by its VNC server, taken over, clicked and typed into', async () => {
    await page.getByRole('link', { name: 'Slot 0', exact: true }).click();
    const screen = page.locator('.vnc canvas');
    await screen.waitFor();
    expect(await seen.seriousFindings()).toEqual([]);

    await page.getByRole('button', { name: 'Take over' }).click();
    await expectAnnounced(page, 'You are in control of slot 0.');
    await screen.waitFor();
    // Taking over connects anew, and until that is done the picture takes no clicks.
    await expect
      .poll(
        async () => {
          await click(140, 80);
          return agent.page.title();
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe('pressed');
    await click(240, 190);
    await page.keyboard.type('Hello');
    await expect.poll(() => agent.page.locator('input').inputValue(), { timeout: 60_000 }).toBe('Hello');

    await page.keyboard.press('F8');
    await page.keyboard.type('done with it');
    expect(await page.getByLabel('Note to the agent (optional)').inputValue()).toBe('done with it');
    expect(await agent.page.locator('input').inputValue()).toBe('Hello');
    expect(seen.complaints).toEqual([]);
  });

  /** Clicks where the page has a point, in the picture of the whole screen around it. */
  async function click(x: number, y: number): Promise<void> {
    const place = await agent.page.evaluate(() => ({
      left: screenX + (outerWidth - innerWidth) / 2,
      top: screenY + outerHeight - innerHeight,
      width: screen.width,
    }));
    const box = await page.locator('.vnc canvas').boundingBox();
    if (box === null) throw new Error('The screen is not shown.');
    const scale = box.width / place.width;
    await page.mouse.click(box.x + (place.left + x) * scale, box.y + (place.top + y) * scale);
  }
});
