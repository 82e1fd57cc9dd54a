import { headingAt, onFirstPage, signedInText } from '@escarp/test-support';
import type { LoginSite } from '@escarp/test-support';
import type { Page } from 'playwright-core';

/** What of a login a holder can come upon, in the words of the published table. */
export const traceNames = [
  'cookie',
  'localStorage',
  'sessionStorage of the first tab',
  'IndexedDB',
  'origin private file system (OPFS)',
  'entry in the history page',
  'being signed in at the site',
] as const;
export type TraceName = (typeof traceNames)[number];

/** A page of the site at which nothing runs, so that it can be left at any moment. */
export const quietPath = '/service-worker.js';

/** Which of them the browser has, seen by a client that has only just come. */
export async function tracesIn(cdpUrl: string, site: LoginSite): Promise<TraceName[]> {
  return onFirstPage(cdpUrl, async (page) => {
    const cookies = await page.context().cookies();
    const isInHistory = await hasVisits(page, site);
    await page.goto(`${site.url}${quietPath}`);
    const stored = await page.evaluate(storedHere);
    const heading = await headingAt(page, `${site.url}/home`);
    const has: Record<TraceName, boolean> = {
      cookie: cookies.length > 0,
      ...stored,
      'entry in the history page': isInHistory,
      'being signed in at the site': heading === signedInText,
    };
    return traceNames.filter((name) => has[name]);
  });
}

/** Before this client visits anything. */
async function hasVisits(page: Page, site: LoginSite): Promise<boolean> {
  await page.goto(`chrome://history/?q=${new URL(site.url).hostname}`);
  const entries = page.locator('history-item');
  await entries.or(page.locator('#noResults:visible')).first().waitFor();
  return (await entries.count()) > 0;
}

async function storedHere() {
  const names: string[] = [];
  const root = await navigator.storage.getDirectory();
  for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
  return {
    localStorage: localStorage.length > 0,
    'sessionStorage of the first tab': sessionStorage.length > 0,
    IndexedDB: (await indexedDB.databases()).length > 0,
    'origin private file system (OPFS)': names.length > 0,
  };
}
