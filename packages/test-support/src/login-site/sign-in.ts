import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import type { LoginSite } from './login-site.js';

/** What a page of the site shows to who is signed in. */
export const signedInText = 'Signed in as ada';

/** Does with the first tab of the browser at this DevTools address whatever a person or an agent does there. */
export async function onFirstPage<T>(cdpUrl: string, work: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.connectOverCDP(cdpUrl, { noDefaults: true });
  try {
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error('The slot has no page.');
    return await work(page);
  } finally {
    await browser.close();
  }
}

/** Opens a page of the site; resolves with what it says once it knows who is there. */
export async function headingAt(page: Page, url: string): Promise<string> {
  await page.goto(url);
  const heading = page.locator('h1').filter({ hasNotText: 'Loading' });
  await heading.waitFor();
  return heading.innerText();
}

/** Signs in as a person does, once the browser's first tab has come to the site. */
export async function signInAtSite(cdpUrl: string, site: LoginSite): Promise<void> {
  await onFirstPage(cdpUrl, async (page) => {
    await page.waitForURL(`${site.url}/`);
    await page.fill('[name=password]', site.password);
    await page.fill('[name=code]', site.code());
    await untilSignedIn(page);
  });
}

/** Or until the browser is closed, by whoever waited for the sign-in and saw it first. */
async function untilSignedIn(page: Page): Promise<void> {
  try {
    await page.click('button');
    await page.getByText(signedInText).waitFor();
  } catch (error) {
    if (!page.isClosed()) throw error;
  }
}
