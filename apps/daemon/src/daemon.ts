import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createServer } from 'node:http';
import { createHttpApp, limitServer, replyUnreadable, serverLimits } from '@escarp/transport';
import { writeFileAtomically } from './atomic-file.js';
import type { Broker, BrokerOptions } from './broker.js';
import { openBroker } from './broker.js';
import type { DaemonFile } from './daemon-file.js';
import { DaemonError } from './errors.js';
import { eventLog } from './event-log.js';
import { leaseHandlers } from './lease-handlers.js';
import type { LazyMcp } from './lazy-mcp.js';
import { lazyMcp } from './lazy-mcp.js';
import { poolHandlers } from './pool-handlers.js';
import { slotOf } from './slot-key.js';

export interface DaemonOptions extends BrokerOptions {
  readonly version: string;
}

export interface Daemon {
  readonly url: string;
  readonly port: number;
  readonly broker: Broker;
  /** Stops serving and brokering; the browsers and the leases live on. */
  close(): Promise<void>;
}

const portStep = 10;
const portSteps = 10;

/** Opens the broker and serves it over HTTP on the first free port of the ladder. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { settings, machine, directory, version } = options;
  requireToken(options);
  const broker = await openBroker(options);
  const handlers = handlersOf(broker, version);
  const mcp = lazyMcp(broker, handlers, version);
  const server = createServer(serverLimits);
  try {
    let port = settings.apiPort;
    server.on(
      'request',
      requestListener(broker, handlers, () => port, version, mcp),
    );
    limitServer(server);
    port = await listen(server, settings.apiHost, settings.apiPort);
    const url = `http://${urlHost(settings.apiHost)}:${port}`;
    const startedAt = machine.clocks.wallMs() / 1_000;
    const file: DaemonFile = { pid: machine.pid, port, url, version, startedAt };
    await writeFileAtomically(directory.daemon, `${JSON.stringify(file)}\n`, machine.clocks.newId);
    return { url, port, broker, close: () => closeDaemon(broker, server, mcp) };
  } catch (error) {
    server.close();
    await mcp.close();
    await broker.close();
    throw error;
  }
}

export function handlersOf(broker: Broker, version: string) {
  return { ...leaseHandlers(broker), ...poolHandlers(broker, version) };
}

/** Anyone on the network could lease and drive the browsers of a daemon that listens there without a token. */
function requireToken({ settings }: DaemonOptions): void {
  if (isLoopback(settings.apiHost) || settings.apiToken !== undefined) return;
  throw new DaemonError(
    'token_required',
    `${settings.apiHost} can be reached from other machines, and no token is set.`,
    'Set ESCARP_API_TOKEN, start with --require-token, or listen on 127.0.0.1.',
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function requestListener(
  broker: Broker,
  handlers: ReturnType<typeof handlersOf>,
  port: () => number,
  version: string,
  mcp: LazyMcp,
) {
  const { settings, machine, log } = broker.options;
  const app = createHttpApp({
    handlers,
    version,
    mcp: mcp.endpoint,
    guard: {
      port,
      hosts: isLoopback(settings.apiHost) ? [] : [settings.apiHost],
      apiToken: settings.apiToken,
      adminToken: settings.adminToken,
      nowMs: machine.clocks.monotonicMs,
    },
    onInternalError: (error) => log.error('A request failed.', { error: stackOf(error) }),
    events: eventLog(broker),
    metrics: () => {
      const { state } = broker.registry;
      broker.memory.refresh(state.resources.values().map(({ key }) => slotOf(key)));
      return broker.metrics.text(state, (key) => broker.memory.get(slotOf(key)));
    },
  });
  return getRequestListener(app.fetch, { errorHandler: replyUnreadable });
}

async function listen(server: Server, host: string, base: number): Promise<number> {
  for (let step = 0; step <= portSteps; step++) {
    const port = await tryListen(server, host, base === 0 ? 0 : base + step * portStep);
    if (port !== undefined) return port;
  }
  throw new DaemonError(
    'ports_taken',
    `The API port ${base} and the ${portSteps} above it are taken.`,
    'Set ESCARP_API_PORT to a free port.',
  );
}

async function tryListen(server: Server, host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    };
    server.once('error', failed);
    server.listen({ port, host }, () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function closeDaemon(broker: Broker, server: Server, mcp: LazyMcp): Promise<void> {
  await mcp.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  await broker.close();
  await rm(broker.options.directory.daemon, { force: true });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
