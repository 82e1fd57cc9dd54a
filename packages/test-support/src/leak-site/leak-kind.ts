import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import type { LeakSite } from './leak-site.js';

/** Somebody who drives the slot: the one who plants, or the one who comes after. */
export interface Holder {
  readonly browser: Browser;
  readonly context: BrowserContext;
  /** The page the slot was handed over with. */
  readonly page: Page;
  /** Opened by the holder, for visits that leave nothing open behind them. */
  readonly secondTab: Page;
  readonly pageCdp: CDPSession;
  readonly browserCdp: CDPSession;
  readonly site: LeakSite;
  readonly slot: SlotPlaces;
  /**
   * Milliseconds after which what has not shown itself is taken not to be there. What is there shows itself sooner, but for
   * a machine that is busy with other things.
   */
  readonly patienceMs: number;
}

export interface SlotPlaces {
  readonly downloads: string;
  readonly tmp: string;
  /** A folder outside the slot that belongs to the test. */
  readonly elsewhere: string;
  readonly width: number;
}

/** One kind of state: how a holder leaves it behind, and how the next one would come upon it. */
export interface LeakKind {
  readonly group: string;
  readonly name: string;
  readonly plant: (holder: Holder) => Promise<unknown>;
  readonly find: (holder: Holder) => Promise<boolean>;
}

/** Evaluates in the holder's second tab on `url`. */
export async function inTab<R>(
  holder: Holder,
  url: string,
  work: (argument: string) => R | Promise<R>,
  argument = '',
): Promise<R> {
  return withTab(holder, url, (page) => page.evaluate(work, argument));
}

export async function withTab<R>(holder: Holder, url: string, work: (page: Page) => Promise<R>): Promise<R> {
  await holder.secondTab.goto(url);
  return work(holder.secondTab);
}

/** The parsed answer of the site to a fetch from a page of the same origin. */
export async function fetched(holder: Holder, origin: string, path: string): Promise<unknown> {
  return inTab(
    holder,
    `${origin}/blank`,
    async (url) => (await fetch(url)).json() as Promise<unknown>,
    `${origin}${path}`,
  );
}

/** Looks every few milliseconds until it is so, and for as long as the holder is patient. */
export async function isSoon(holder: Holder, look: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const until = performance.now() + holder.patienceMs; performance.now() < until;) {
    if (await look()) return true;
    await holder.secondTab.waitForTimeout(50);
  }
  return look();
}

export async function openTab(holder: Holder, url: string): Promise<Page> {
  const page = await holder.context.newPage();
  await page.goto(url);
  return page;
}

/** Whether any target of the browser, seen from outside, satisfies `matches`. */
export async function anyTarget(
  { browserCdp }: Holder,
  matches: (target: { readonly type: string; readonly url: string }) => boolean,
): Promise<boolean> {
  const { targetInfos } = await browserCdp.send('Target.getTargets');
  return targetInfos.some(matches);
}
