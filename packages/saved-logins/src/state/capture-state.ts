import type { Devtools } from '../devtools.js';
import type {
  CookieSummary,
  LoginMetadata,
  LoginState,
  NotHeld,
  OriginState,
  OriginSummary,
  Passkey,
  PasskeySummary,
} from '../saved-login.js';
import { capturedOrigin } from './captured-origin.js';
import type { CapturedOrigin } from './captured-origin.js';
import { captureCookies, cookieSummary } from './cookies.js';
import { deviceBoundSessions } from './device-bound-sessions.js';
import { HiddenPage } from './hidden-page.js';
import { keptPasskeys, passkeySummary } from './passkeys.js';
import { captureSessionStorage } from './session-storage.js';
import type { VisitedOrigin } from './visited-origins.js';

/** What to capture. */
export interface CaptureRequest {
  /** A full login leaves to its profile all but cookies and localStorage, which Chrome may not write before it ends. */
  readonly form: LoginMetadata['form'];
  readonly visited: readonly VisitedOrigin[];
  /** Only these origins, visited or not; null for all that were visited. */
  readonly limitedTo: readonly string[] | null;
  /** What tabs kept when the login was last saved, which still holds for origins that no tab shows. */
  readonly ofTabs?: readonly Pick<OriginState, 'origin' | 'sessionStorage'>[];
  /** Of the authenticators that the browser was given, if it was. */
  readonly passkeys?: readonly Passkey[];
}

/** What a browser keeps, and what can be told of it. */
export interface CapturedState {
  readonly state: LoginState;
  readonly cookies: CookieSummary[];
  readonly origins: OriginSummary[];
  readonly passkeys: PasskeySummary[];
  readonly notHeld: NotHeld[];
}

/** All origins together may keep so many characters, as JSON. */
const charsMax = 90_000_000;

/**
 * Reads what the browser keeps of a login, without a request to anybody. What cannot be read is in `notHeld`.
 *
 * @throws LoginError `login_too_large` when it is more than a saved login can hold.
 */
export async function captureState(devtools: Devtools, request: CaptureRequest): Promise<CapturedState> {
  const { form, limitedTo, visited } = request;
  const earlier = (request.ofTabs ?? []).map(
    ({ origin, sessionStorage }) => [origin, sessionStorage] as const,
  );
  const sessions = new Map([...earlier, ...(await captureSessionStorage(devtools))]);
  const wanted = limitedTo ?? [...new Set(visited.map(({ origin }) => origin)), ...sessions.keys()];
  const origins: CapturedOrigin[] = [];
  const bound = await HiddenPage.use(devtools, async (page) => {
    let charsLeft = charsMax;
    for (const origin of new Set(wanted)) {
      const sessionStorage = sessions.get(origin) ?? [];
      const captured = await capturedOrigin(page, { form, origin, sessionStorage, charsMax: charsLeft });
      charsLeft -= captured.chars;
      origins.push(captured);
    }
    return deviceBoundSessions(devtools);
  });
  // The last, so that those of a profile are no newer than these.
  const { cookies, otherDomains } = await captureCookies(devtools, limitedTo);
  const passkeys = keptPasskeys(request.passkeys ?? [], limitedTo);
  const unheld = [...foreign(otherDomains), ...origins.flatMap(({ notHeld }) => notHeld), ...unread(request)];
  const notHeld = [...(form === 'profile' ? [] : unheld), ...bound, ...passkeys.notHeld];
  const filled = origins.filter(({ state, summary }) => !isEmpty(state) || !isNothing(summary));
  return {
    state: {
      cookies,
      origins: filled.map(({ state }) => state).filter((state) => !isEmpty(state)),
      passkeys: passkeys.kept,
    },
    cookies: cookies.map(cookieSummary),
    origins: filled.map(({ summary }) => summary),
    passkeys: passkeys.kept.map(passkeySummary),
    notHeld: notHeld.map((each) => ({ ...each, detail: each.detail.slice(0, detailCharsMax) })),
  };
}

const detailCharsMax = 1_000;

function foreign(domains: readonly string[]): NotHeld[] {
  if (domains.length === 0) return [];
  return [{ origin: null, what: 'cookies of other sites', detail: domains.slice(0, 50).join(' ') }];
}

/** Storage that frames keep apart for each page they are in, and origins that were left out on purpose. */
function unread({ visited, limitedTo }: CaptureRequest): NotHeld[] {
  const isWanted = (origin: string): boolean => limitedTo === null || limitedTo.includes(origin);
  const framed = visited
    .filter(({ origin, within }) => within !== null && isWanted(within) && isOfOtherHost(origin, within))
    .map(({ origin, within }) => ({ origin, what: 'storage of a frame', detail: `in a page of ${within}` }));
  const others = new Set(visited.map(({ origin }) => origin).filter((origin) => !isWanted(origin)));
  const leftOut = [...others].map((origin) => ({
    origin,
    what: 'another origin',
    detail: 'visited, and not among those the login is limited to',
  }));
  return [...framed, ...leftOut];
}

function isOfOtherHost(origin: string, within: string): boolean {
  return new URL(origin).hostname !== new URL(within).hostname;
}

function isEmpty({ localStorage, sessionStorage, buckets }: OriginState): boolean {
  const isBare = buckets.every(
    ({ name, databases, directories, files }) =>
      name === null && databases.length + directories.length + files.length === 0,
  );
  return localStorage.length === 0 && sessionStorage.length === 0 && isBare;
}

function isNothing({ localStorage, sessionStorage, databases, files, buckets }: OriginSummary): boolean {
  return localStorage + sessionStorage + databases.length + files + buckets.length === 0;
}
