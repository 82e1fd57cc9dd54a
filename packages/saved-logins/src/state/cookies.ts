import type { BrowserRecord, Devtools } from '../devtools.js';
import { recordsOf, textOf } from '../devtools.js';
import type { CookieSummary } from '../saved-login.js';
import { isSentTo } from './web-origin.js';

/** The cookies that go to the given origins, all if null, and the domains of the others. */
export async function captureCookies(
  devtools: Devtools,
  limitedTo: readonly string[] | null,
): Promise<{ cookies: BrowserRecord[]; otherDomains: string[] }> {
  const found = recordsOf(await devtools.send('Storage.getCookies'), 'cookies');
  const isKept = (cookie: BrowserRecord): boolean =>
    limitedTo === null || limitedTo.some((origin) => isSentTo(textOf(cookie, 'domain'), origin));
  const others = found.filter((cookie) => !isKept(cookie)).map((cookie) => textOf(cookie, 'domain'));
  return { cookies: found.filter(isKept).map(settable), otherDomains: [...new Set(others)].toSorted() };
}

/** As `Storage.setCookies` takes it. A cookie that ends with the browser has no time at which it expires. */
function settable({ size: _size, session, expires, ...cookie }: BrowserRecord): BrowserRecord {
  return session === true ? cookie : { ...cookie, expires };
}

/** What can be told of a cookie to those who may not have it. */
export function cookieSummary(cookie: BrowserRecord): CookieSummary {
  const { expires } = cookie;
  return {
    name: textOf(cookie, 'name'),
    domain: textOf(cookie, 'domain'),
    path: textOf(cookie, 'path'),
    expiresAt: typeof expires === 'number' && expires > 0 ? expires * 1_000 : null,
    isPartitioned: cookie['partitionKey'] !== undefined,
    isHttpOnly: cookie['httpOnly'] === true,
  };
}
