import * as v from 'valibot';
import { LoginError } from '../errors.js';
import type { LoginMetadata, NotHeld, OriginState, OriginSummary } from '../saved-login.js';
import { originSchema, originSummarySchema } from '../saved-login.js';
import type { HiddenPage } from './hidden-page.js';
import { captureExpression, countExpression, pageSource } from './page-scripts.js';

/** What a browser keeps of one origin, as far as a login of that form holds it beside a profile or without one. */
export interface CapturedOrigin {
  readonly state: OriginState;
  readonly summary: OriginSummary;
  readonly notHeld: readonly NotHeld[];
  /** How many characters it has, as JSON. */
  readonly chars: number;
}

/** What to capture, and how much of it there may be. */
export interface OriginRequest {
  readonly form: LoginMetadata['form'];
  readonly origin: string;
  /** What tabs keep of it. */
  readonly sessionStorage: OriginState['sessionStorage'];
  readonly charsMax: number;
}

/**
 * Captures an origin on the page. Of a full login, whose profile is sure to have everything else, only what tabs keep,
 * localStorage and counts.
 *
 * @throws LoginError `login_too_large` for more than `charsMax`.
 */
export async function capturedOrigin(page: HiddenPage, request: OriginRequest): Promise<CapturedOrigin> {
  await page.visit(request.origin);
  return request.form === 'profile' ? counted(page, request) : read(page, request);
}

async function counted(page: HiddenPage, request: OriginRequest): Promise<CapturedOrigin> {
  const { origin, sessionStorage } = request;
  const answer = await called(page, countExpression, request);
  const { localStorage, ...counts } = v.parse(countsSchema, answer);
  return {
    state: { origin, sessionStorage, localStorage, buckets: [] },
    summary: {
      ...counts,
      origin,
      localStorage: localStorage.length,
      sessionStorage: sessionStorage.length,
    },
    notHeld: [],
    chars: JSON.stringify(answer).length,
  };
}

async function read(page: HiddenPage, request: OriginRequest): Promise<CapturedOrigin> {
  const { origin, sessionStorage } = request;
  const answer = await called(page, captureExpression, request);
  const { lost, ...stored } = v.parse(answerSchema, answer);
  const state = { origin, sessionStorage, ...stored };
  return {
    state,
    summary: summaryOf(state),
    notHeld: lost.map((each) => ({ origin, ...each })),
    chars: JSON.stringify(answer).length,
  };
}

async function called(
  page: HiddenPage,
  expression: string,
  { origin, charsMax }: OriginRequest,
): Promise<unknown> {
  const answer = await page.call(pageSource, expression, null, charsMax);
  if (answer !== undefined) return answer;
  throw new LoginError('login_too_large', `${origin} keeps more than a saved login can hold.`);
}

const countsSchema = v.object({
  ...v.omit(originSummarySchema, ['origin', 'sessionStorage', 'localStorage']).entries,
  localStorage: originSchema.entries.localStorage,
});

const lostSchema = v.object({ what: v.string(), detail: v.string() });
const answerSchema = v.object({
  ...v.omit(originSchema, ['origin', 'sessionStorage']).entries,
  lost: v.array(lostSchema),
});

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
  const found = v.safeParse(v.array(v.object({ records: v.array(v.unknown()) })), stores);
  return found.success ? found.output.reduce((sum, { records }) => sum + records.length, 0) : 0;
}
