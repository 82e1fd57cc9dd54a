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
  /** The largest accepted body, in bytes. Default: 64 KiB. */
  bodyBytesMax?: number | undefined;
};

/** With each request, the app gets Node's own response if Node serves it, and nothing if a test calls it. */
export type HttpApp = Hono<{ Bindings: { outgoing?: ServerResponse; upgrade?: UpgradeSlot } }>;

/** The HTTP API. It opens no sockets: pass its `fetch` to a server. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const guard = createGuard(options.guard);
  const routes = allRoutes(options);
  const app: HttpApp = new Hono();
  app.onError((error, { req }) => replyFailure(error, req.raw, options.onInternalError));
  for (const [path, own] of routesByPath(routes)) addPath(app, guard, path, own);
  app.notFound(({ req }) => {
    guard.refusePages(req.raw.headers, req.path);
    return replyError(new OperationError('unknown_route'));
  });
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

/** One handler for each path: Hono calls a single handler directly, but several through a chain of promises. */
function addPath(app: HttpApp, guard: Guard, path: string, routes: readonly Route[]): void {
  const byMethod = new Map<string, Route>(
    routes.flatMap((route) => methodsOf(route).map((method) => [method, route] as const)),
  );
  const methods = [...byMethod.keys()].join(', ');
  app.all(path, async (context) => {
    const request = context.req.raw;
    guard.refusePages(request.headers, context.req.path);
    const route = byMethod.get(request.method);
    if (route === undefined) return replyOtherMethod(request.method, methods);
    const access = guard.admit(request.headers, route.access);
    const answered = await route.answer({ request, access, outgoing: context.env?.outgoing, context });
    return answered instanceof Upgrade ? left(answered, context.env?.upgrade) : answered;
  });
}

/** Leaves an upgrade to the server; tells a client that did not ask for one to do so. */
function left(upgrade: Upgrade, slot: UpgradeSlot | undefined): Response {
  if (slot === undefined) {
    const hint = 'Send Connection: Upgrade and Upgrade: websocket.';
    const message = 'This address answers to a WebSocket alone.';
    return replyError(new OperationError('bad_request', { message, hint }));
  }
  slot.answered = upgrade;
  return new Response(null, { status: 204 });
}

const methodsOf = ({ method }: Route) => (method === 'GET' ? ['GET', 'HEAD'] : [method]);

function routesByPath(routes: readonly Route[]): Map<string, Route[]> {
  const byPath = new Map<string, Route[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  return byPath;
}

/** OPTIONS names the methods and nothing more: a preflight needs CORS headers, and there are none. */
function replyOtherMethod(method: string, methods: string): Response {
  const allow = `${methods}, OPTIONS`;
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow, ...safeHeaders } });
  return replyError(new OperationError('method_not_allowed'), { allow });
}

function replyFailure(error: unknown, request: Request, onInternalError: (error: unknown) => void): Response {
  if (error instanceof OperationError) return replyError(error, refusalHeaders(request, error));
  // Whoever hung up needs no answer, and giving up their request is no failure of ours.
  if (!isHangUp(error, request)) onInternalError(error);
  return replyError(new OperationError('internal'));
}

function isHangUp(error: unknown, { signal }: Request): boolean {
  return signal.aborted && error instanceof Error && error.name === 'AbortError';
}
