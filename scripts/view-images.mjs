// The pictures of the dashboard in docs/images: a real pool, with agents at work on it and a person who takes over.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { say } from './run.mjs';
import { samplePages } from './sample-pages.mjs';
import { root } from './workspace.mjs';

const { chromium } = createRequire(join(root, 'e2e/package.json'))('playwright-core');

const agents = [
  {
    holder: 'claude@checkout-flow',
    before: [samplePages.shop, samplePages.signIn],
    page: samplePages.checkout,
  },
  { holder: 'codex@fix-login', page: samplePages.signIn },
  { holder: 'claude@search-filters', page: samplePages.shop },
  { holder: 'gemini@order-list', page: samplePages.orders },
  { holder: 'claude@revenue-chart', page: samplePages.report },
  { holder: 'codex@basket', page: samplePages.shop },
];
/** Of the pool that `drawViews` wants. */
export const viewSlots = 8;

/** What is drawn, how wide, and in which colours. */
const views = [
  { name: 'slots', width: 1_440, height: 900, colorScheme: 'light' },
  { name: 'slot', width: 1_280, height: 800, colorScheme: 'dark', at: '#/slot/1', isTakenOver: true },
  { name: 'history', width: 1_280, height: 800, colorScheme: 'light', at: '#/history' },
  {
    name: 'strip',
    width: 1_000,
    height: 1_800,
    colorScheme: 'light',
    at: '#/slot/0',
    part: '.strip',
    shots: 3,
  },
  { name: 'figures', width: 1_280, height: 960, colorScheme: 'light', at: '#/figures' },
];

/** Brings a pool that runs to life, and draws the dashboard on it. */
export async function drawViews({ url, command }) {
  const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
  const connections = [];
  try {
    await busyMinute(url);
    for (const agent of agents) connections.push(await work(url, agent));
    const [, stuck] = connections;
    void ask(url, stuck.lease);
    for (const holder of ['claude@dark-mode', 'codex@invoice-export'])
      void post(url, '/acquire', { holder, slot: 0, wait_s: 120 });
    for (const view of views)
      await draw(browser, JSON.parse(await command('view', '--control', '--json')).url, view);
  } finally {
    await Promise.all(connections.map(({ connection }) => connection.close()));
    await browser.close();
  }
}

const browserPath = () => process.env.ESCARP_CFT_BINARY ?? '/usr/lib/chromium/chromium';

/** Leases as an afternoon has them, in a minute, so that there is a past to show. */
async function busyMinute(url) {
  await Promise.all(
    Array.from({ length: viewSlots }, async (_, slot) => {
      for (let turn = 0; turn < 4; turn++) {
        const { holder } = agents[(slot + turn) % agents.length];
        const lease = await post(url, '/acquire', { holder, slot, wait_s: 60 });
        await pause(2_000 + ((slot * 7 + turn * 5) % 9) * 1_000);
        await post(url, '/release', { lease_token: lease.lease_token });
      }
    }),
  );
}

/** An agent that has been at other pages before leaves screenshots of them. */
async function work(url, { holder, page, before = [] }) {
  const screenshots = before.length > 0 ? 'on' : 'off';
  const lease = await post(url, '/acquire', { holder, wait_s: 60, ttl_s: 600, screenshots });
  const connection = await chromium.connectOverCDP(lease.cdp_ws_url, { noDefaults: true });
  const [tab] = connection.contexts()[0].pages();
  for (const one of before) {
    await tab.setContent(one);
    await pause(4_000);
  }
  await tab.setContent(page);
  return { lease, connection };
}

const ask = (url, { handle, lease_token }) =>
  post(url, `/leases/${handle}/ask`, {
    lease_token,
    reason: 'The sign-in page wants a second factor that I do not have.',
    instructions: 'Enter the code, then press Continue. I go on from the account page.',
  });

async function post(url, route, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url + route, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}

async function draw(browser, link, view) {
  const { name, width, height, colorScheme, at, isTakenOver, part, shots = 0 } = view;
  const viewport = { width, height };
  const page = await browser.newPage({
    viewport,
    colorScheme,
    deviceScaleFactor: 1.5,
  });
  await page.goto(link);
  await page.locator('.beside .event').first().waitFor();
  if (at !== undefined) await page.evaluate((hash) => (location.hash = hash), at);
  await page.locator('.picture-place, .lane, .plot').first().waitFor();
  if (isTakenOver) await page.getByRole('button', { name: 'Take over' }).click();
  if (isTakenOver) await page.locator('.screen[data-own=true]').waitFor();
  await page.waitForFunction(picturesAreThere);
  await page.waitForFunction(shotsAreThere, shots);
  const session = await page.context().newCDPSession(page);
  const clip = part === undefined ? {} : { clip: { ...(await page.locator(part).boundingBox()), scale: 1 } };
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82, ...clip });
  const target = join(root, `docs/images/view-${name}.webp`);
  mkdirSync(join(root, 'docs/images'), { recursive: true });
  writeFileSync(target, Buffer.from(data, 'base64'));
  say(target);
  await page.close();
}

// A canvas has this width until its first picture has come; one out of sight gets none.
const picturesAreThere = () =>
  [...document.querySelectorAll('.picture')].every(
    (picture) => picture.width !== 16 || picture.getBoundingClientRect().top > innerHeight,
  );

const shotsAreThere = (count) => {
  const shots = [...document.querySelectorAll('.shot img')];
  return shots.length >= count && shots.every(({ complete }) => complete);
};
