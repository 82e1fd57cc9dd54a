import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { forwardTcp } from '../src/tcp-forward.js';
import { expectAnnounced, expectShown, startBrowser, ViewerPage } from '../src/viewer-page.js';
import { paint, WatchedPool } from '../src/watched-pool.js';
import type { Agent } from '../src/watched-pool.js';

const isLong = process.env['ESCARP_LONG'] === '1';

/** Of the pages that the agents show, one for each slot. How more slots and other widths look is tried on a stand-in. */
const colours = [
  '#d03030',
  '#30a040',
  ...(isLong ? ['#3050d0', '#b0a020', '#a030b0', '#209090', '#705030', '#e07020'] : []),
];
const widths = isLong ? [390, 1_280, 2_560] : [1_280];
const rgb = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

describe('the dashboard on a real pool', { tags: ['browser'], timeout: 240_000 }, () => {
  let pool: WatchedPool;
  let agents: Agent[];
  let browser: Browser;
  let seen: ViewerPage;
  let page: Page;

  beforeAll(async () => {
    browser = await startBrowser();
    pool = await WatchedPool.start(colours.length, {}, '--headless');
    agents = [];
    for (const [slot, colour] of colours.entries()) {
      const agent = await pool.agent(`agent@worktree-${slot}`);
      await paint(agent, colour);
      agents.push(agent);
    }
  }, 240_000);
  afterEach(async () => page.close());
  afterAll(async () => {
    await browser.close();
    await pool.end();
  }, 120_000);

  const open = async (link: string, look: { width?: number; height?: number } = {}): Promise<void> => {
    seen = await ViewerPage.open(browser, link, look);
    ({ page } = seen);
    await page.locator('.card').first().waitFor();
  };
  const agentOn = (slot: number): Agent => {
    const found = agents.find((agent) => agent.slot === slot);
    if (found === undefined) throw new Error(`Nobody holds slot ${slot}.`);
    return found;
  };
  const expectColour = async (slot: number, hex: string): Promise<void> =>
    expect
      .poll(() => seen.colourOf(slot), { timeout: 60_000 })
      .toSatisfy((pixel: number[]) =>
        rgb(hex).every((value, at) => Math.abs(value - (pixel[at] ?? -99)) < 16),
      );
  const toSlot = async (slot: number): Promise<void> => {
    await page.getByRole('link', { name: `Slot ${slot}`, exact: true }).click();
    await page.getByRole('heading', { name: `Slot ${slot}`, exact: true }).waitFor();
  };
  const clickAt = async (x: number, y: number): Promise<void> => {
    const box = await page.locator('.screen-input').boundingBox();
    if (box === null) throw new Error('The screen is not shown.');
    const width = await agentOn(0).page.evaluate(() => innerWidth);
    await page.mouse.click(box.x + (x * box.width) / width, box.y + (y * box.width) / width);
  };

  it.each(widths)('shows every slot live at %i px', async (width) => {
    await open(await pool.link(), { width, height: width === 390 ? 4_000 : 1_400 });
    for (const { slot } of agents) await expectColour(slot, colours[agents.indexOf(agentOn(slot))] ?? '');
    await expectShown(page.getByText(`${agents.length} of ${agents.length} slots leased · nobody waiting`));
    for (const slot of agents.keys())
      await expectShown(page.getByText(`agent@worktree-${slot}`, { exact: true }));
    expect(await seen.seriousFindings()).toEqual([]);
    expect(await seen.cutOff()).toEqual([]);
    expect(seen.complaints).toEqual([]);
  });

  it('follows what agents do', async () => {
    await open(await pool.link(), { height: 1_400 });
    await paint(agentOn(1), '#123456');
    await expectColour(1, '#123456');
  });

  it('takes over, clicks, types and hands back', async () => {
    await open(await pool.link('--control'));
    await toSlot(0);
    const agent = agentOn(0);
    await paint(agent, '#d03030');
    await expectColour(0, '#d03030');
    await page.getByLabel('Why (optional)').fill('a captcha');
    await page.getByRole('button', { name: 'Take over' }).click();
    await expectAnnounced(page, 'You are in control of slot 0.');
    expect((await pool.home.status()).slots[0]?.['control']).toMatchObject({
      by: 'human',
      reason: 'a captcha',
    });

    await clickAt(140, 80);
    await expect.poll(() => agent.page.title()).toBe('pressed');
    await clickAt(240, 190);
    await page.keyboard.type('Hello, World');
    await page.keyboard.press('Backspace');
    await expect.poll(() => agent.page.locator('input').inputValue()).toBe('Hello, Worl');

    await page.keyboard.press('F8');
    await page.keyboard.type('solved it');
    await page.getByRole('button', { name: 'Hand back: done' }).click();
    await expectAnnounced(page, "Slot 0 is the agent's again.");
    expect((await pool.home.status()).slots[0]?.['control']).toMatchObject({
      outcome: 'done',
      note: 'solved it',
    });
    await expectShown(
      page
        .locator('.slot-history')
        .getByText(/took over|control/i)
        .first(),
    );
  });

  it('answers an agent that asks', async () => {
    await open(await pool.link('--control'));
    const { lease } = agentOn(1);
    const answer = pool.home.post(`/leases/${String(lease['handle'])}/ask`, {
      lease_token: lease['lease_token'],
      reason: 'Which colour?',
      instructions: 'Pick one.',
    });
    await expectAnnounced(page, 'asks for help. Which colour?');
    await page.getByRole('link', { name: 'Go to slot 1' }).click();
    await page.getByLabel('Note to the agent (optional)').fill('green');
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    expect((await answer).body).toMatchObject({ outcome: 'done', note: 'green' });
    await expect.poll(() => page.getByRole('button', { name: 'Done', exact: true }).count()).toBe(0);
  });

  it('stays with a slot whose browser dies while it is viewed', async () => {
    await paint(agentOn(0), '#3050d0');
    await open(await pool.link());
    await toSlot(0);
    await expectColour(0, '#3050d0');
    process.kill(Number((await pool.home.status()).slots[0]?.['pid']), 'SIGKILL');
    await expectShown(
      page
        .locator('.slot-history')
        .getByText(/lost its browser/)
        .first(),
    );
    await expect
      .poll(async () => (await pool.home.status()).slots[0]?.['relaunched_at'], { timeout: 60_000 })
      .not.toBeNull();
    const agent = await pool.reconnect(agentOn(0));
    agents[agents.indexOf(agentOn(0))] = agent;
    await paint(agent, '#00cc88');
    await expectColour(0, '#00cc88');
  });

  it('shows the latest picture over a slow link, not the ones before it', async () => {
    const link = new URL(await pool.link());
    const slow = await forwardTcp(Number(link.port), 150_000);
    link.port = String(slow.port);
    await open(link.href);
    await toSlot(1);
    const { page: agentPage } = agentOn(1);
    // Noise, which compresses badly: far more than the link can take.
    await agentPage.setContent(`<canvas width="1200" height="600"></canvas>`);
    await agentPage.evaluate(`(async () => {
      const context = document.querySelector('canvas').getContext('2d');
      const noises = Array.from({ length: 4 }, () => context.createImageData(1200, 600));
      for (const { data } of noises) for (let at = 0; at < data.length; at++) data[at] = Math.random() * 256;
      for (let frame = 0; frame < 40; frame++) {
        context.putImageData(noises[frame % noises.length], 0, 0);
        await new Promise(requestAnimationFrame);
      }
      document.body.innerHTML = '';
      document.body.style.background = '#00ff00';
    })()`);
    await expectColour(1, '#00ff00');
    slow.close();
  });

  it('tells the history, in the page and as a file', async () => {
    await open(await pool.link());
    await page.getByRole('link', { name: 'History' }).click();
    await expectShown(page.getByRole('img', { name: /^Slot 0: 1 lease/ }));
    expect(await seen.seriousFindings()).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download as a file' }).click(),
    ]);
    const file = join(pool.home.project, download.suggestedFilename());
    await download.saveAs(file);
    const report = await ViewerPage.open(browser, pathToFileURL(file).href);
    await expectShown(report.page.getByRole('heading', { name: 'Slots leased' }));
    expect(report.complaints).toEqual([]);
    await report.page.close();
  });

  it('plots the figures of the pool', async () => {
    await open(await pool.link());
    await page.getByRole('link', { name: 'Figures' }).click();
    await expectShown(
      page.getByRole('img', { name: new RegExp(`Leased: ${agents.length}. In the pool: ${agents.length}`) }),
    );
    expect(await seen.seriousFindings()).toEqual([]);
  });

  it('may be opened once, and ends when it is revoked', async () => {
    const link = await pool.link();
    await open(link);
    const again = await browser.newPage();
    await again.goto(link);
    await again.waitForLoadState('networkidle');
    expect(await again.locator('.card').count()).toBe(0);
    await again.close();
    await pool.home.escarp('view', '--revoke');
    await expectShown(page.getByRole('heading', { name: 'This session has ended' }));
  });
});
