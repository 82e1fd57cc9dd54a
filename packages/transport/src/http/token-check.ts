import { hash, timingSafeEqual } from 'node:crypto';
import { OperationError } from '@escarp/contract';
import type { Access } from '../operation.js';

/** The tokens that callers must send. */
export type TokenOptions = {
  /** If set, required for every operation that is not public. At least 16 characters. */
  apiToken?: string | undefined;
  /** If set, required for pool changes and revoke; the API token is then only good for leases. At least 16 characters. */
  adminToken?: string | undefined;
  /** Monotonic milliseconds. */
  nowMs: () => number;
};

const tokenCharsMin = 16;
const rank: Readonly<Record<Access, number>> = { public: 0, lease: 1, admin: 2 };

/**
 * A function that returns the access a request's Authorization header gives, if it is enough for what the request needs.
 *
 * @throws OperationError `unauthorized` or `too_many_attempts` from the returned function.
 */
export function createTokenCheck(
  options: TokenOptions,
): (authorization: string | null, needed: Access) => Access {
  const granted = createGrants(options);
  const failures = createFailureLimit(options.nowMs);
  const withoutToken = accessWithoutToken(options);
  return (authorization, needed) => {
    const access = authorization === null ? withoutToken : (granted(authorization) ?? 'public');
    const enough = access === 'public' ? withoutToken : access;
    if (rank[enough] >= rank[needed]) return enough;
    // A missing token is not a guess.
    if (authorization !== null && !failures.mayFail()) {
      throw new OperationError('too_many_attempts', { retryAfterS: failures.windowS });
    }
    throw new OperationError('unauthorized');
  };
}

function accessWithoutToken({ apiToken, adminToken }: TokenOptions): Access {
  if (apiToken !== undefined) return 'public';
  return adminToken === undefined ? 'admin' : 'lease';
}

function createGrants({ apiToken, adminToken }: TokenOptions): (authorization: string) => Access | undefined {
  const isApi = createMatch(apiToken);
  const isAdmin = createMatch(adminToken);
  return (authorization) => {
    const digest = digestOf(authorization);
    if (isAdmin(digest)) return 'admin';
    if (!isApi(digest)) return undefined;
    return adminToken === undefined ? 'admin' : 'lease';
  };
}

/** Digests are compared, so that the time it takes reveals neither the length nor the position of a difference. */
function createMatch(token: string | undefined): (digest: Buffer) => boolean {
  if (token === undefined) return () => false;
  if (token.length < tokenCharsMin) {
    throw new RangeError(`A token needs at least ${tokenCharsMin} characters.`);
  }
  const expected = digestOf(`Bearer ${token}`);
  return (digest) => timingSafeEqual(digest, expected);
}

const digestOf = (text: string) => hash('sha256', text, 'buffer');

const failuresMax = 20;
const windowMs = 10_000;

/**
 * Counts wrong tokens in a window of time, for all callers together, because on loopback they share one address. The
 * right token is accepted even so: refusing it as well would let any local program take leases from their holders by
 * sending wrong tokens, and tokens are too long to be found by trying.
 */
function createFailureLimit(nowMs: () => number): { windowS: number; mayFail: () => boolean } {
  let windowEnds = nowMs() + windowMs;
  let failures = 0;
  return {
    windowS: windowMs / 1000,
    mayFail: () => {
      if (nowMs() >= windowEnds) {
        windowEnds = nowMs() + windowMs;
        failures = 0;
      }
      failures = Math.min(failures + 1, failuresMax + 1);
      return failures <= failuresMax;
    },
  };
}
