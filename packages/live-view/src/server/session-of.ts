import { getCookie } from 'hono/cookie';
import { Refusal } from '../refusal.js';
import type { Session } from '../rights/session.js';
import type { ViewerCore } from '../viewer-core.js';
import type { ViewerContext } from './viewer-app.js';

/** Of the session; cookies are shared by all ports of a name, so its path is one that no other server is asked for. */
export const cookieName = 'escarp_view';

const knownForMs = 1_000;

/**
 * The session of a request, if its lease still is.
 *
 * @throws Refusal 401.
 */
export async function sessionOf(context: ViewerContext, core: ViewerCore): Promise<Session> {
  const id = context.req.param('session') ?? '';
  const cookie = getCookie(context, cookieName);
  if (core.sessions.find(id, cookie) === undefined) throw noSession();
  // With nobody looking the pool is not followed, and the lease may have ended since.
  await core.pool.refresh(knownForMs);
  core.review();
  const session = core.sessions.find(id, cookie);
  if (session === undefined) throw noSession();
  return session;
}

function noSession(): Refusal {
  return new Refusal(401, 'session_ended', 'This session has ended.', 'Run escarp view for a new link.');
}
