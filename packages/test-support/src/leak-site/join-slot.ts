import { chromium } from 'playwright-core';
import type { Holder, SlotPlaces } from './leak-kind.js';
import type { LeakSite } from './leak-site.js';

// A page of this site loads in milliseconds. The limit is for a browser that hangs, not for a machine that is busy.
const navigationMs = 120_000;

/** Connects a new client to a slot, as an agent does, on the page the slot is handed over with. */
export async function joinSlot(
  cdpWsUrl: string,
  site: LeakSite,
  slot: SlotPlaces,
  patienceMs: number,
): Promise<Holder> {
  const browser = await chromium.connectOverCDP(cdpWsUrl, { noDefaults: true });
  const context = browser.contexts()[0];
  if (context === undefined) throw new Error('The browser has no default context.');
  context.setDefaultNavigationTimeout(navigationMs);
  const page = context.pages()[0] ?? (await context.newPage());
  const secondTab = await context.newPage();
  const [pageCdp, browserCdp] = await Promise.all([
    context.newCDPSession(page),
    browser.newBrowserCDPSession(),
  ]);
  return { browser, context, page, secondTab, pageCdp, browserCdp, site, slot, patienceMs };
}
