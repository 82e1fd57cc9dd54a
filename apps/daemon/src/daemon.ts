import type { Broker, BrokerOptions, DaemonFile } from '@escarp/broker';
import { openFilesMax } from '@escarp/child-process';
import {
  daemonSettings,
  DaemonError,
  eventLog,
  handlersOf,
  openBroker,
  removeDaemonFile,
  writeDaemonFile,
} from '@escarp/broker';
import type { HttpApp, OperationHandlers, ServerRoom } from '@escarp/transport';
import { boundWaiting, createHttpApp, roomFor } from '@escarp/transport';
import type { ListeningServer } from './http-server.js';
import { serve } from './http-server.js';
import type { LazyMcp } from './lazy-mcp.js';
import { lazyMcp } from './lazy-mcp.js';

export interface DaemonOptions extends BrokerOptions {
  readonly version: string;
}

export interface Daemon {
  readonly url: string;
  readonly port: number;
  readonly broker: Broker;
  /** Resolves, with the reason, when the registry has stopped because of a broken invariant; never rejects. */
  readonly failed: Promise<Error>;
  /** Stops serving and brokering; browsers and leases continue. */
  close(): Promise<void>;
}

/** Opens the broker and serves it over HTTP on the first free port of the ladder. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  requireToken(options);
  const broker = await openBroker(options);
  const room = roomFor(await openFilesMax(options.machine.platform));
  const handlers = boundWaiting(handlersOf(broker, options.version), room.waitingMax);
  const mcp = lazyMcp(broker, handlers, options.version);
  const closing: (() => Promise<void>)[] = [() => broker.close(), () => mcp.close()];
  const close = async (): Promise<void> => {
    broker.stop();
    for (const each of closing.splice(0).toReversed()) await each();
  };
  try {
    const server = await serveBroker(broker, handlers, { version: options.version, mcp, room });
    closing.push(() => server.close());
    closing.push(await announce(options, server));
    options.log.info('The daemon is ready.', { url: urlOf(options, server), version: options.version });
    return { url: urlOf(options, server), port: server.port, broker, failed: broker.registry.stopped, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Without a token, anyone on the network could lease and drive the browsers of a daemon that listens there. */
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

function serveBroker(
  broker: Broker,
  handlers: OperationHandlers,
  { version, mcp, room }: { version: string; mcp: LazyMcp; room: ServerRoom },
): Promise<ListeningServer> {
  const { settings, machine, log } = broker.options;
  const app = (port: () => number): HttpApp =>
    createHttpApp({
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
      metrics: () => metricsText(broker),
    });
  return serve({
    app,
    host: settings.apiHost,
    base: settings.apiPort,
    room,
    onError: (error) => log.warn('A connection was not accepted.', { error: String(error) }),
  });
}

/** Writes the file that says how to reach the daemon; returns a function that removes it. */
async function announce(options: DaemonOptions, server: ListeningServer): Promise<() => Promise<void>> {
  const { directory, machine, version } = options;
  const startedAt = machine.clocks.wallMs() / 1_000;
  const url = urlOf(options, server);
  const file: DaemonFile = {
    pid: machine.pid,
    port: server.port,
    url,
    version,
    startedAt,
    settings: daemonSettings(options.settings),
  };
  await writeDaemonFile(directory.daemon, file, machine.clocks.newId);
  return () => removeDaemonFile(directory.daemon, machine.pid);
}

function urlOf({ settings: { apiHost } }: DaemonOptions, { port }: ListeningServer): string {
  return `http://${apiHost.includes(':') ? `[${apiHost}]` : apiHost}:${port}`;
}

async function metricsText({ registry, slots, metrics }: Broker): Promise<string> {
  await Promise.all(Array.from(registry.state.resources.keys(), (key) => slots.of(key).memory.refresh()));
  return metrics.text(registry.state, (key) => slots.of(key).memory.bytes);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
