import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Context, Section } from '../section.js';
import { type DashboardPage, openDashboardPage } from '../subjects/dashboard-page.js';
import { type EscarpPool, withPool } from '../subjects/escarp-pool.js';
import { cpuSeconds, usageIsKnown } from '../subjects/process-usage.js';
import { openWatchedPage } from '../subjects/watched-page.js';
import { elapsedMs, repeat } from '../timing.js';

export const displayView: Section = {
  name: 'display-view',
  title: 'Watching a slot on a display, by VNC, in a browser of the same machine',
  measure: async (context) => {
    if (process.platform !== 'linux') return context.note('Slots have displays of their own on Linux alone.');
    return withPool({ slots: 1, displays: true, browser: context.browser }, async (pool) => {
      // It changes wherever it is clicked, because what a browser shows above its page comes and goes.
      const watched = await openWatchedPage(pool, { turnsAt: 'page', sentences: 8 });
      const { page } = watched;
      const person = await openDashboardPage(pool, context.browser);
      try {
        await personClicks(context, person);
        await agentClicks(context, page, person);
        await cost(context, page, person, pool);
      } finally {
        await person.close();
        await watched.end();
      }
    });
  },
};

async function personClicks(context: Context, person: DashboardPage): Promise<void> {
  context.say("a person's clicks");
  const values = await repeat(context.effort.of(2, 30, 200), async () => {
    await pause(200);
    return person.click();
  });
  context.row({ name: 'click in the dashboard until it has drawn the change, VNC', unit: 'ms', values });
  context.note(
    'The browser of the person who watches draws on the same processors as the slot that is watched.',
  );
}

/** In turns, so that whatever else the machine does meets both alike. */
async function agentClicks(context: Context, page: Page, person: DashboardPage): Promise<void> {
  context.say("the agent's clicks");
  const alone: number[] = [];
  const watched: number[] = [];
  for (let round = 0; round < context.effort.of(1, 5, 20); round++) {
    await person.watch();
    watched.push(...(await repeat(10, () => elapsedMs(() => page.click('button')))));
    await person.rest();
    alone.push(...(await repeat(10, () => elapsedMs(() => page.click('button')))));
  }
  const rival = context.row({
    name: 'page.click of the agent on a display, nobody watching',
    unit: 'ms',
    isOurs: false,
    values: alone,
  });
  context.row({
    name: 'page.click of the agent on a display, watched by VNC',
    unit: 'ms',
    values: watched,
    rival,
  });
}

/** Of an animated page, which is the most that there can be to show. */
async function cost(context: Context, page: Page, person: DashboardPage, pool: EscarpPool): Promise<void> {
  if (!usageIsKnown) return;
  context.say('what watching costs');
  const viewerPid = await pidOf(pool, 'viewer.json');
  await person.watch();
  await page.evaluate('timer = setInterval(turn, 16)');
  const before = {
    bytes: person.bytes(),
    viewer: await cpuSeconds(viewerPid),
    daemon: await cpuSeconds(pool.daemonPid),
  };
  const ms = await elapsedMs(() => pause(context.effort.of(1_000, 8_000, 30_000)));
  const share = (seconds: number): number => (seconds * 100_000) / ms;
  const bytes = person.bytes() - before.bytes;
  await page.evaluate('clearInterval(timer)');
  context.row({ name: 'sent in a viewer-minute by VNC', unit: 'MB', values: [(bytes / ms) * 0.06] });
  const ofDaemon = share((await cpuSeconds(pool.daemonPid)) - before.daemon);
  const ofViewer = share((await cpuSeconds(viewerPid)) - before.viewer);
  context.row({
    name: 'CPU of the daemon while one watches by VNC',
    unit: '%',
    values: [ofDaemon],
    goal: { of: 'median', max: 5 },
  });
  context.row({ name: 'CPU of the viewer while one watches by VNC', unit: '%', values: [ofViewer] });
}

async function pidOf({ env }: EscarpPool, file: string): Promise<number> {
  const { pid }: { pid: number } = JSON.parse(await readFile(`${env['ESCARP_HOME']}/${file}`, 'utf8'));
  return pid;
}
