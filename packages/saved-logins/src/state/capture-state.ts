import * as v from 'valibot';
import type { Devtools } from '../devtools.js';
import { LoginError } from '../errors.js';
import type {
  CookieSummary,
  LoginState,
  NotHeld,
  OriginState,
  OriginSummary,
  Passkey,
  PasskeySummary,
} from '../saved-login.js';
import { originSchema } from '../saved-login.js';
import { captureCookies, cookieSummary } from './cookies.js';
import { deviceBoundSessions } from './device-bound-sessions.js';
import { HiddenPage } from './hidden-page.js';
import { keptPasskeys, passkeySummary } from './passkeys.js';
import { captureExpression, pageSource } from './page-scripts.js';
import { captureSessionStorage } from './session-storage.js';
import type { VisitedOrigin } from './visited-origins.js';

/** What to capture. */
export interface CaptureRequest {
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
  const { limitedTo, visited } = request;
  const notHeld: NotHeld[] = [];
  const earlier = (request.ofTabs ?? []).map(
    ({ origin, sessionStorage }) => [origin, sessionStorage] as const,
  );
  const sessions = new Map([...earlier, ...(await captureSessionStorage(devtools))]);
  const { cookies, otherDomains } = await captureCookies(devtools, limitedTo);
  if (otherDomains.length > 0)
    notHeld.push({
      origin: null,
      what: 'cookies of other sites',
      detail: otherDomains.slice(0, 50).join(' '),
    });
  const wanted = limitedTo ?? [...new Set(visited.map(({ origin }) => origin)), ...sessions.keys()];
  const origins: OriginState[] = [];
  let charsLeft = charsMax;
  await HiddenPage.use(devtools, async (page) => {
    for (const origin of new Set(wanted)) {
      await page.visit(origin);
      const answer = await page.call(pageSource, captureExpression, null, charsLeft);
      if (answer === undefined)
        throw new LoginError('login_too_large', `${origin} keeps more than a saved login can hold.`);
      charsLeft -= JSON.stringify(answer).length;
      const { lost, ...stored } = v.parse(answerSchema, answer);
      // A page may keep more of what cannot be held than a call can have arguments.
      for (const each of lost) notHeld.push({ origin, ...each });
      origins.push({ origin, sessionStorage: sessions.get(origin) ?? [], ...stored });
    }
    notHeld.push(...(await deviceBoundSessions(devtools)));
  });
  const passkeys = keptPasskeys(request.passkeys ?? [], limitedTo);
  const filled = origins.filter((origin) => !isEmpty(origin));
  return {
    state: { cookies, origins: filled, passkeys: passkeys.kept },
    cookies: cookies.map(cookieSummary),
    origins: filled.map(summaryOf),
    passkeys: passkeys.kept.map(passkeySummary),
    notHeld: [...notHeld, ...unread(request), ...passkeys.notHeld].map(({ origin, what, detail }) => ({
      origin,
      what,
      detail: detail.slice(0, detailCharsMax),
    })),
  };
}

const detailCharsMax = 1_000;

const lostSchema = v.object({ what: v.string(), detail: v.string() });
const answerSchema = v.object({
  ...v.omit(originSchema, ['origin', 'sessionStorage']).entries,
  lost: v.array(lostSchema),
});

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

function summaryOf({ origin, localStorage, sessionStorage, buckets }: OriginState): OriginSummary {
  return {
    origin,
    localStorage: localStorage.length,
    sessionStorage: sessionStorage.length,
    databases: buckets.flatMap(({ name: bucket, databases }) =>
      databases.map(({ name, stores }) => ({ bucket, name: String(name), records: recordsIn(stores) })),
    ),
    files: buckets.reduce((sum, { files }) => sum + files.length, 0),
    buckets: buckets.flatMap(({ name }) => (name === null ? [] : [name])),
  };
}

function recordsIn(stores: unknown): number {
  const counted = v.safeParse(v.array(v.object({ records: v.array(v.unknown()) })), stores);
  return counted.success ? counted.output.reduce((sum, { records }) => sum + records.length, 0) : 0;
}
