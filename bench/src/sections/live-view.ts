import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Context, Section } from '../section.js';
import { type LiveViewer, openLiveViewer } from '../subjects/live-viewer.js';
import { cpuSeconds, usageIsKnown } from '../subjects/process-usage.js';
import { openWatchedPage } from '../subjects/watched-page.js';
import { elapsedMs, repeat } from '../timing.js';

export const liveView: Section = {
  name: 'live-view',
  title: 'Watching a headless slot: what it costs, and how soon a click shows',
  measure: (context) =>
    context.lendPool({ slots: 1, browser: context.browser }, async (pool) => {
      const watched = await openWatchedPage(pool, { turnsAt: 'button', sentences: 40 });
      const { page } = watched;
      const viewer = await openLiveViewer(pool);
      try {
        await agentClicks(context, page, viewer);
        await cost(context, page, viewer, pool.daemonPid);
        await personClicks(context, page, viewer);
      } finally {
        viewer.close();
        await watched.end();
      }
    }),
};

/** In turns, so that whatever else the machine does meets both alike. */
async function agentClicks(context: Context, page: Page, viewer: LiveViewer): Promise<void> {
  context.say("the agent's clicks");
  const alone: number[] = [];
  const watched: number[] = [];
  for (let round = 0; round < context.effort.of(1, 10, 40); round++) {
    viewer.watch(10);
    await viewer.nextFrame();
    watched.push(...(await repeat(5, () => elapsedMs(() => page.click('button')))));
    viewer.rest();
    alone.push(...(await repeat(5, () => elapsedMs(() => page.click('button')))));
  }
  const rival = context.row({
    name: 'page.click of the agent, nobody watching',
    unit: 'ms',
    isOurs: false,
    values: alone,
  });
  context.row({
    name: 'page.click of the agent, watched at 10 frames/s',
    unit: 'ms',
    values: watched,
    rival,
    goal: { of: 'ratio', max: 1.05 },
  });
}

/** Of an animated page, which is the most that there can be to show. */
async function cost(context: Context, page: Page, viewer: LiveViewer, daemonPid: number): Promise<void> {
  if (!usageIsKnown) return;
  context.say('what watching costs');
  await page.evaluate('timer = setInterval(turn, 16)');
  viewer.watch(10);
  await viewer.nextFrame();
  const before = {
    ...viewer.seen,
    viewer: await cpuSeconds(viewer.pid),
    daemon: await cpuSeconds(daemonPid),
  };
  const ms = await elapsedMs(() => pause(context.effort.of(1_000, 10_000, 30_000)));
  const share = (seconds: number): number => (seconds * 100_000) / ms;
  const frames = viewer.seen.frames - before.frames;
  const bytes = viewer.seen.bytes - before.bytes;
  await page.evaluate('clearInterval(timer)');
  context.row({
    name: 'a picture of a page that keeps moving, 1280 x 720',
    unit: 'MB',
    values: [bytes / frames / 1_000_000],
  });
  context.row({ name: 'sent in a viewer-minute of such a page', unit: 'MB', values: [(bytes / ms) * 0.06] });
  const ofDaemon = share((await cpuSeconds(daemonPid)) - before.daemon);
  const ofViewer = share((await cpuSeconds(viewer.pid)) - before.viewer);
  context.row({
    name: 'CPU of the daemon while one watches',
    unit: '%',
    values: [ofDaemon],
    goal: { of: 'median', max: 5 },
  });
  context.row({ name: 'CPU of the viewer while one watches', unit: '%', values: [ofViewer] });
}

/** Both ends are on this machine and have its one clock, in whole milliseconds. */
async function personClicks(context: Context, page: Page, viewer: LiveViewer): Promise<void> {
  context.say("a person's clicks");
  await page.evaluate("addEventListener('mousedown', () => (pressedAt = Date.now()), true)");
  await viewer.takeOver();
  viewer.watch(30);
  await viewer.nextFrame();
  const dispatched: number[] = [];
  const values = await repeat(context.effort.of(2, 30, 200), async () => {
    await pause(200);
    const sentAt = Date.now();
    const shownMs = await elapsedMs(async () => {
      viewer.click(100, 30);
      await viewer.nextFrame();
    });
    dispatched.push(Number(await page.evaluate('pressedAt')) - sentAt);
    return shownMs;
  });
  context.row({ name: 'click in the viewer until the page is told of it', unit: 'ms', values: dispatched });
  context.row({ name: 'click in the viewer until its picture changes, screencast', unit: 'ms', values });
}
