import type { SessionEnd } from '../wire/index.js';
import type { Grant } from './grant.js';

/** Somebody who has opened a link. */
export interface Session {
  /** Names it in the address; of no use without the cookie. */
  readonly id: string;
  readonly cookieDigest: string;
  readonly expiresAtMs: number;
  grant: Grant;
  /** Aborted when it ends; the reason is a `SessionEnd['reason']`. */
  readonly ended: AbortSignal;
  readonly end: (reason: SessionEnd['reason']) => void;
}

/** Begins a session that ends when it is told to. `expiresAtMs` is monotonic. */
export function beginSession(facts: Pick<Session, 'id' | 'cookieDigest' | 'expiresAtMs' | 'grant'>): Session {
  const ended = new AbortController();
  return {
    ...facts,
    ended: ended.signal,
    end: (reason) => ended.abort(reason),
  };
}

/** Why a session has ended. */
export function endOf({ ended }: Session): SessionEnd {
  const reasons = ['expired', 'lease_ended', 'revoked', 'viewer_stopped'] as const;
  return { reason: reasons.find((reason) => reason === ended.reason) ?? 'viewer_stopped' };
}
