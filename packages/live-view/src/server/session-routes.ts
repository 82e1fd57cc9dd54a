import { streamSSE } from 'hono/streaming';
import { poolFigures } from '../journal/pool-figures.js';
import { fillReport } from '../journal/fill-report.js';
import { timelineOf } from '../journal/timeline.js';
import { Refusal } from '../refusal.js';
import { isWithin } from '../rights/grant.js';
import type { Listener } from '../rights/page-guard.js';
import { endOf, type Session } from '../rights/session.js';
import { notAllowed, type ViewerCore } from '../viewer-core.js';
import type { Link, PoolFigures, Timeline } from '../wire/index.js';
import { bodies, bodyOf } from './bodies.js';
import { endedFile } from './entry-page.js';
import { cookieName, sessionOf } from './session-of.js';
import { jsonBody, type ViewerApp, type ViewerContext } from './viewer-app.js';

const keepAliveMs = 15_000;
const daysShownS = 24 * 3_600;

/** Opening a link, and what a page with a session reads: itself, the state, and what happened. */
export function addSessionRoutes(app: ViewerApp, core: ViewerCore, listener: Listener): void {
  app.post('/session', async (context) => {
    const { link } = bodyOf(bodies.session, await jsonBody(context));
    const { session, cookie } = core.sessions.redeem(link);
    const path = `/s/${session.id}/`;
    const secure = listener.scheme === 'https' ? '; Secure' : '';
    context.header('set-cookie', `${cookieName}=${cookie}; Path=${path}; HttpOnly; SameSite=Strict${secure}`);
    return context.json({ path });
  });
  app.get('/s/:session/api/state', async (context) => {
    const session = await sessionOf(context, core);
    await core.pool.catchUp();
    return context.json(core.stateFor(session));
  });
  app.get('/s/:session/api/state/stream', async (context) => streamState(context, core));
  app.get('/s/:session/api/timeline', async (context) => {
    const session = await sessionOf(context, core);
    return context.json(await timelineFor(core, session, context.req.query()));
  });
  app.get('/s/:session/api/figures', async (context) => {
    await sessionOf(context, core);
    return context.json(await figures(core));
  });
  app.get('/s/:session/api/report.html', async (context) => {
    const session = await sessionOf(context, core);
    return context.body(await report(core, session), 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': 'attachment; filename="escarp-report.html"',
    });
  });
  app.post('/s/:session/api/links', async (context) => {
    const session = await sessionOf(context, core);
    return context.json(makeLink(context, core, session, listener, await jsonBody(context)));
  });
  app.post('/s/:session/api/session/end', async (context) => {
    (await sessionOf(context, core)).end('revoked');
    return context.json({});
  });
  app.get('/s/:session/:file{[^/]*}', async (context) => dashboardFile(context, core));
}

/** Sends the state whenever it changes; while the client is slow, only the latest waits. */
async function streamState(context: ViewerContext, core: ViewerCore): Promise<Response> {
  const session = await sessionOf(context, core);
  return streamSSE(context, async (stream) => {
    let wake = nothing;
    const leave = core.follow(() => wake());
    const onEnd = (): void => wake();
    session.ended.addEventListener('abort', onEnd, { once: true });
    stream.onAbort(() => wake());
    let sent = '';
    try {
      while (!stream.aborted && !session.ended.aborted) {
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const state = core.stateFor(session);
        const data = JSON.stringify(state);
        const told = JSON.stringify({ ...state, now: 0 });
        if (core.pool.facts !== undefined && told !== sent) await stream.writeSSE({ event: 'state', data });
        sent = told;
        await orAfter(changed, keepAliveMs, () => stream.write(': still here\n\n'));
      }
      if (session.ended.aborted)
        await stream.writeSSE({ event: 'ended', data: JSON.stringify(endOf(session)) });
    } finally {
      leave();
      session.ended.removeEventListener('abort', onEnd);
    }
  });
}

const nothing = (): void => {};

async function orAfter(changed: Promise<void>, ms: number, late: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  const first = await Promise.race([changed, timeout]);
  clearTimeout(timer);
  if (first === 'late') await late();
}

async function timelineFor(
  core: ViewerCore,
  { grant }: Session,
  { slot, since }: Record<string, string>,
): Promise<Timeline> {
  await core.pool.catchUp();
  const to = core.options.ports.wallMs() / 1_000;
  const asked = slot === undefined ? undefined : Number(slot);
  const from = since === undefined ? to - daysShownS : Number(since);
  if (Number.isNaN(asked ?? 0) || Number.isNaN(from)) {
    throw new Refusal(400, 'bad_request', 'slot and since are numbers.');
  }
  return timelineOf(core.pool.events, { from, to, slot: grant.slot ?? asked });
}

async function figures(core: ViewerCore): Promise<PoolFigures> {
  await core.pool.catchUp();
  return poolFigures(core.pool.events, core.options.ports.wallMs() / 1_000, core.pool.memory);
}

async function report(core: ViewerCore, session: Session): Promise<string> {
  const page = core.options.dashboard.get('report.html');
  if (page === undefined) throw new Refusal(404, 'unknown_route', 'This dashboard has no report.');
  const version = core.pool.facts?.version ?? '';
  const timeline = await timelineFor(core, session, {});
  const data = { title: 'escarp report', version, timeline, figures: await figures(core) };
  return fillReport(new TextDecoder().decode(page.bytes), data);
}

function makeLink(
  context: ViewerContext,
  core: ViewerCore,
  { grant }: Session,
  listener: Listener,
  body: unknown,
): Link {
  const { right, slot = grant.slot } = bodyOf(bodies.link, body);
  if (!isWithin({ right, slot }, grant)) throw notAllowed();
  // It ends with the lease that this session ends with.
  const fence = slot === grant.slot ? grant.fence : (core.pool.slot(slot ?? -1)?.fence ?? undefined);
  const { secret, expiresAt } = core.sessions.makeLink({ right, slot, fence });
  return { url: `${listener.scheme}://${context.req.header('host')}/#${secret}`, expiresAt };
}

async function dashboardFile(context: ViewerContext, core: ViewerCore): Promise<Response> {
  const { dashboard } = core.options;
  const name = context.req.param('file') || 'index.html';
  const file = dashboard.get(name);
  try {
    await sessionOf(context, core);
  } catch (error) {
    if (!(error instanceof Refusal) || name !== 'index.html') throw error;
    const ended = dashboard.get('ended.html');
    if (ended === undefined) return context.body(endedFile.text, 401, { 'content-type': endedFile.type });
    return context.body(ended.bytes, 401, { 'content-type': ended.type });
  }
  if (file === undefined) throw new Refusal(404, 'unknown_route', 'There is nothing here.');
  return context.body(file.bytes, 200, { 'content-type': file.type });
}
