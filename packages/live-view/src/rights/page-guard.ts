import { Refusal } from '../refusal.js';

/** Where a request came in, as far as its headers must agree with it. */
export interface Listener {
  readonly scheme: 'http' | 'https';
  /** Names by which it may be called, in lower case and without a port; `ssh -L` makes the port another one. */
  readonly names: readonly string[];
}

/**
 * Refuses what pages of another origin can send. A rebound name shows in Host alone; a page on another port of the same
 * name shares its cookies, so the cookie proves nothing without Origin, which must be this very address.
 *
 * @throws Refusal 403.
 */
export function refuseOtherPages(request: Request, listener: Listener): void {
  const { headers } = request;
  const host = headers.get('host')?.toLowerCase();
  if (host === undefined || !listener.names.includes(withoutPort(host))) {
    throw new Refusal(403, 'forbidden_host', 'The viewer does not answer to this name.');
  }
  const origin = headers.get('origin');
  const isOwn = origin === `${listener.scheme}://${host}`;
  if (origin === null ? !needsNoOrigin(request) : !isOwn) throw forbiddenOrigin();
  if (isFromOtherSite(headers)) throw forbiddenOrigin();
}

/**
 * For programs alone: whatever a browser adds to a request, of its own pages too, is refused.
 *
 * @throws Refusal 403.
 */
export function refuseBrowsers({ headers }: Request): void {
  const marks = ['origin', 'sec-fetch-site', 'sec-fetch-dest', 'referer'];
  if (marks.some((name) => headers.has(name))) throw forbiddenOrigin();
}

/** A browser sends Origin with all else; what only reads and is not upgraded does nothing. */
function needsNoOrigin({ method, headers }: Request): boolean {
  return (method === 'GET' || method === 'HEAD') && !headers.has('upgrade');
}

/** Following a link from elsewhere is allowed: it opens a page of its own, which cannot be framed and reads its own cookie. */
function isFromOtherSite(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site === null || site === 'same-origin' || site === 'none') return false;
  return headers.get('sec-fetch-mode') !== 'navigate' || headers.get('sec-fetch-dest') !== 'document';
}

function withoutPort(host: string): string {
  return host.replace(/:\d{1,5}$/, '');
}

function forbiddenOrigin(): Refusal {
  return new Refusal(403, 'forbidden_origin', 'The viewer answers to no page but its own.');
}
