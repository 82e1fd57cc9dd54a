import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

/** An agent's own connection to its leased browser, on the page it was given. */
export interface LivePage {
  readonly browser: Browser;
  readonly page: Page;
}

export async function attach(wsUrl: string | null): Promise<LivePage> {
  const browser = await chromium.connectOverCDP(wsUrl ?? '', { noDefaults: true });
  const page = browser.contexts()[0]?.pages()[0];
  if (page === undefined) throw new Error('The browser has no page.');
  return { browser, page };
}

export interface Site {
  readonly url: string;
  readonly close: () => void;
  /** How often the cacheable page was requested. */
  readonly cachedReads: () => number;
}

/** A site that plants something of every kind that the next holder must not find. */
export async function startSite(): Promise<Site> {
  let cachedReads = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === '/cached') {
      cachedReads++;
      return response.setHeader('cache-control', 'max-age=3600').end('cached');
    }
    if (path === '/sw.js') {
      const script = "self.addEventListener('fetch', () => {});";
      return response.setHeader('content-type', 'text/javascript').end(script);
    }
    // Says whether a remembered login was sent along, and never asks for one, because a browser may then prompt a
    // person.
    if (path === '/login') return response.end(String(request.headers.authorization !== undefined));
    if (path === '/private' && request.headers.authorization === undefined) {
      return response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('who are you?');
    }
    return response.setHeader('content-type', 'text/html').end(`<title>${path}</title><p>hello</p>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // On localhost, because service workers need a secure context, and so does the cache.
  return {
    url: `http://localhost:${port}`,
    cachedReads: () => cachedReads,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Leaves behind whatever a holder could leave, and stays connected until `leave` is called. */
export async function plant(wsUrl: string | null, site: Site, name: string): Promise<() => Promise<void>> {
  const { browser, page } = await attach(wsUrl);
  await page.goto(`${site.url}/${name}`);
  await page.evaluate(plantInPage, name);
  const port = new URL(site.url).port;
  await page.goto(`http://${name}:secret@localhost:${port}/private`);
  await page.goto(`${site.url}/${name}`);
  const context = browser.contexts()[0];
  await (await context?.newPage())?.goto(`${site.url}/${name}-tab`);
  await (await browser.newContext()).newPage();
  return () => browser.close();
}

async function plantInPage(name: string): Promise<void> {
  document.cookie = `held=${name}; max-age=1000`;
  localStorage.setItem('held', name);
  sessionStorage.setItem('held', name);
  await navigator.serviceWorker.register('/sw.js');
  await (await caches.open('held')).put('/kept', new Response(name));
  await new Promise((resolve) => (indexedDB.open('held').onsuccess = resolve));
  await fetch('/cached');
}

/** What a holder finds that it did not bring. */
export async function findTraces(wsUrl: string | null, site: Site) {
  const browser = await chromium.connectOverCDP(wsUrl ?? '', { noDefaults: true });
  const ofBrowser = await browser.newBrowserCDPSession();
  const { browserContextIds } = await ofBrowser.send('Target.getBrowserContexts');
  const pages = browser.contexts().flatMap((context) => context.pages());
  const { page, session } = await pageOfProfile(pages, browserContextIds);
  const { entries } = await session.send('Page.getNavigationHistory');
  const readsBefore = site.cachedReads();
  await page.goto(`${site.url}/look`);
  const found = await page.evaluate(lookInPage);
  await browser.close();
  return {
    ...found,
    extraContexts: browserContextIds.length,
    pages: pages.length,
    history: entries.filter(({ url }) => url.startsWith('http')).length,
    isCached: site.cachedReads() === readsBefore,
  };
}

/**
 * The first page of the browser's own profile. Playwright lists contexts in the order in which it learns about them.
 */
async function pageOfProfile(pages: readonly Page[], extraContexts: readonly string[]) {
  for (const page of pages) {
    const session = await page.context().newCDPSession(page);
    const { targetInfo } = await session.send('Target.getTargetInfo');
    if (!extraContexts.includes(targetInfo.browserContextId ?? '')) return { page, session };
  }
  throw new Error('The browser has no page.');
}

async function lookInPage() {
  const stored = {
    cookie: document.cookie,
    local: localStorage.getItem('held'),
    session: sessionStorage.getItem('held'),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    caches: (await caches.keys()).length,
    databases: (await indexedDB.databases()).length,
  };
  await fetch('/cached');
  return { ...stored, isLoggedIn: await (await fetch('/login')).json() };
}

export const noTraces = {
  cookie: '',
  local: null,
  session: null,
  workers: 0,
  caches: 0,
  databases: 0,
  extraContexts: 0,
  pages: 1,
  history: 0,
  isLoggedIn: false,
  isCached: false,
};
