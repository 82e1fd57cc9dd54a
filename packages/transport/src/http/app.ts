import type { ServerResponse } from 'node:http';
import { Hono } from 'hono';
import { OperationError } from '@escarp/contract';
import type { OperationHandlers } from '../operations/index.js';
import { eventsRoute, type EventLog } from './events.js';
import { createGuard, type Guard, type GuardOptions } from './guard.js';
import { mcpRoutes, type McpEndpoint } from './mcp.js';
import { metricsRoute, type Metrics } from './metrics.js';
import { openApiRoute } from './openapi.js';
import { operationRoutes } from './operation-route.js';
import { replyError, safeHeaders } from './reply.js';
import { refusalHeaders } from './read-body.js';
import type { Route } from './route.js';
import { Upgrade, type UpgradeSlot } from './upgrade.js';

/** What the HTTP app needs. */
export type HttpAppOptions = {
  handlers: OperationHandlers;
  guard: GuardOptions;
  /** Called with every error outside the contract; the client only gets `internal`. */
  onInternalError: (error: unknown) => void;
  events: EventLog;
  metrics: Metrics;
  /** Serves `/mcp`; without it, that is an unknown route. */
  mcp?: McpEndpoint | undefined;
  /** Further routes, behind the same guard. */
  routes?: readonly Route[] | undefined;
  /** The daemon's version, for /openapi.json. */
  version: string;
  /** The largest body that is accepted, in bytes. Default: 64 KiB. */
  bodyBytesMax?: number | undefined;
};

/** The app gets Node's own response with each request when Node serves it, and nothing when a test calls it. */
export type HttpApp = Hono<{ Bindings: { outgoing?: ServerResponse; upgrade?: UpgradeSlot } }>;

/** The HTTP API. It opens no sockets: pass its `fetch` to a server. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const guard = createGuard(options.guard);
  const routes = allRoutes(options);
  const app: HttpApp = new Hono();
  app.onError((error, { req }) => replyFailure(error, req.raw, options.onInternalError));
  app.use(async (context, next) => {
    guard.refusePages(context.req.raw.headers, context.req.path);
    await next();
  });
  for (const route of routes) addRoute(app, guard, route);
  for (const [path, methods] of methodsByPath(routes)) {
    app.all(path, (context) => replyOtherMethod(context.req.method, methods));
  }
  app.notFound(() => replyError(new OperationError('unknown_route')));
  return app;
}

function allRoutes({
  handlers,
  bodyBytesMax,
  events,
  metrics,
  mcp,
  version,
  onInternalError,
  routes = [],
}: HttpAppOptions): Route[] {
  return [
    ...operationRoutes(handlers, bodyBytesMax),
    eventsRoute(events, onInternalError),
    metricsRoute(metrics),
    openApiRoute(version),
    ...(mcp === undefined ? [] : mcpRoutes(mcp)),
    ...routes,
  ];
}

function addRoute(app: HttpApp, guard: Guard, { method, path, access, answer }: Route): void {
  app.on(method, path, async (context) => {
    const request = context.req.raw;
    const admitted = guard.admit(request.headers, access);
    const answered = await answer({ request, access: admitted, outgoing: context.env?.outgoing, context });
    return answered instanceof Upgrade ? left(answered, context.env?.upgrade) : answered;
  });
}

/** Leaves an upgrade to the server; a client that did not ask for one is told to. */
function left(upgrade: Upgrade, slot: UpgradeSlot | undefined): Response {
  if (slot === undefined) {
    const hint = 'Send Connection: Upgrade and Upgrade: websocket.';
    const message = 'This address answers to a WebSocket alone.';
    return replyError(new OperationError('bad_request', { message, hint }));
  }
  slot.answered = upgrade;
  return new Response(null, { status: 204 });
}

function methodsByPath(routes: readonly Route[]): Map<string, string> {
  const methods = new Map<string, string>();
  for (const { method, path } of routes) {
    const answered = method === 'GET' ? 'GET, HEAD' : method;
    const others = methods.get(path);
    methods.set(path, others === undefined ? answered : `${others}, ${answered}`);
  }
  return methods;
}

/** OPTIONS names the methods and nothing more: a preflight needs CORS headers, and there are none. */
function replyOtherMethod(method: string, methods: string): Response {
  const allow = `${methods}, OPTIONS`;
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow, ...safeHeaders } });
  return replyError(new OperationError('method_not_allowed'), { allow });
}

function replyFailure(error: unknown, request: Request, onInternalError: (error: unknown) => void): Response {
  if (error instanceof OperationError) return replyError(error, refusalHeaders(request, error));
  onInternalError(error);
  return replyError(new OperationError('internal'));
}
