import type { UpgradedConnection } from '@escarp/transport';
import { isJson, Upgrade } from '@escarp/transport';
import { OperationError } from '@escarp/transport/client';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Refusal } from '../refusal.js';
import { type Listener, refuseOtherPages } from '../rights/page-guard.js';
import type { ErrorReply } from '../wire/index.js';
import type { ViewerCore } from '../viewer-core.js';
import { entryFiles } from './entry-page.js';
import { securityHeaders } from './security-headers.js';

/** What Node's server hands over with a request; `upgrade` only where a client asks for one. */
export interface ViewerBindings {
  upgrade?: { answered: Upgrade | undefined };
}

/** The app of one listener. */
export type ViewerApp = Hono<{ Bindings: ViewerBindings }>;
export type ViewerContext = Context<{ Bindings: ViewerBindings }>;

const bodyBytesMax = 16_384;

/** An app with nothing but the guard, headers and errors that all routes of the viewer share. */
export function createApp(core: ViewerCore, listener: Listener): ViewerApp {
  const app: ViewerApp = new Hono();
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(securityHeaders)) context.header(name, value);
    if (!context.req.path.startsWith('/operator/')) refuseOtherPages(context.req.raw, listener);
    await next();
  });
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: () => tooLarge() }));
  for (const [path, { type, text }] of entryFiles) {
    app.get(path, (context) => context.body(text, 200, { 'content-type': type }));
  }
  app.notFound((context) => reply(context, new Refusal(404, 'unknown_route', 'There is nothing here.')));
  app.onError((error, context) => {
    const refusal = refusalOf(error);
    if (refusal === undefined) core.options.ports.log('A request failed.', { error: String(error) });
    return reply(context, refusal ?? new Refusal(503, 'internal', 'Something went wrong in the viewer.'));
  });
  return app;
}

/** Leaves the connection to `accept`, if the client asks for a WebSocket. */
export function upgraded(context: ViewerContext, accept: (connection: UpgradedConnection) => void): Response {
  const upgrade = context.env?.upgrade;
  if (upgrade === undefined) {
    throw new Refusal(400, 'bad_request', 'This address answers to a WebSocket alone.');
  }
  upgrade.answered = new Upgrade(accept);
  return new Response(null, { status: 204 });
}

/**
 * The JSON object that a request brings.
 *
 * @throws Refusal 415 or 400.
 */
export async function jsonBody({ req }: ViewerContext): Promise<unknown> {
  if (!isJson(req.raw.headers)) {
    throw new Refusal(415, 'unsupported_media_type', 'The body is not sent as JSON.');
  }
  const body: unknown = await req.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null)
    throw new Refusal(400, 'bad_json', 'The body is no JSON object.');
  return body;
}

function reply(context: ViewerContext, refusal: Refusal): Response {
  const body: ErrorReply = refusal.reply;
  return context.json(body, refusal.status);
}

const tooLarge = (): never => {
  throw new Refusal(413, 'body_too_large', 'The body is larger than the viewer accepts.');
};

/** What the daemon refused is refused for its reason. */
function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof OperationError)) return undefined;
  const { code, message, hint } = error;
  return new Refusal(code === 'daemon_unreachable' ? 503 : 409, code, message, hint);
}
