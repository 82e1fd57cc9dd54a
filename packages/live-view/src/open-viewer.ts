import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import { loopbackNames } from '@escarp/contract';
import { getRequestListener } from '@hono/node-server';
import { answerUpgrade, limitServer, listen, replyUnreadable, serverLimits } from '@escarp/transport';
import { Refusal } from './refusal.js';
import type { Listener } from './rights/page-guard.js';
import { addControlRoutes } from './server/control-routes.js';
import { addOperatorRoutes, type NetworkAddress, type OperatorActions } from './server/operator-routes.js';
import { addSessionRoutes } from './server/session-routes.js';
import { addSocketRoutes } from './server/socket-routes.js';
import { createApp, type ViewerApp } from './server/viewer-app.js';
import { type CoreOptions, ViewerCore } from './viewer-core.js';

/** What a viewer needs. */
export interface ViewerOptions extends CoreOptions {
  /** Port on 127.0.0.1; 0 for any free one. */
  readonly port: number;
}

/** A viewer that serves. */
export interface Viewer {
  readonly url: string;
  readonly port: number;
  /** Whether nobody has a session, or a link that could still be opened. */
  readonly isIdle: boolean;
  /** Aborted when an operator has asked it to stop. */
  readonly stopped: AbortSignal;
  /** Ends every session, with the reason, and stops listening. */
  close(): Promise<void>;
}

/**
 * Serves the dashboard on loopback. Other machines reach it only where an operator has said so, and only by TLS.
 *
 * @throws Error with the code `EADDRINUSE` when the port is taken.
 */
export async function openViewer(options: ViewerOptions): Promise<Viewer> {
  const core = new ViewerCore(options);
  const servers: Server[] = [];
  const urls: string[] = [];
  const stopping = new AbortController();
  let port = 0;
  const listenBeyond = async (network: NetworkAddress): Promise<void> => {
    const { server, url } = await listenOnNetwork(core, actions, network, port);
    servers.push(server);
    urls.unshift(url);
  };
  const actions: OperatorActions = { urls: () => urls, listen: listenBeyond, stop: () => stopping.abort() };
  const loopback: Listener = { scheme: 'http', names: loopbackNames };
  const server = createServer(serverLimits);
  attach(server, createViewerApp(core, loopback, actions));
  port = await listen(server, '127.0.0.1', options.port);
  servers.push(server);
  urls.push(`http://127.0.0.1:${port}`);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get isIdle() {
      return core.sessions.isEmpty;
    },
    stopped: stopping.signal,
    close: async () => {
      core.close();
      await Promise.all(servers.map(closeServer));
    },
  };
}

function createViewerApp(core: ViewerCore, listener: Listener, actions: OperatorActions): ViewerApp {
  const app = createApp(core, listener);
  addOperatorRoutes(app, core, listener, actions);
  addControlRoutes(app, core);
  addSocketRoutes(app, core);
  addSessionRoutes(app, core, listener);
  return app;
}

async function listenOnNetwork(
  core: ViewerCore,
  actions: OperatorActions,
  { address, tlsCert, tlsKey }: NetworkAddress,
  port: number,
): Promise<{ server: Server; url: string }> {
  if (['0.0.0.0', '::', '[::]', '*'].includes(address)) {
    throw new Refusal(400, 'bad_request', 'Name one address or host: the viewer answers to that name alone.');
  }
  const name = address.includes(':') ? `[${address}]` : address.toLowerCase();
  try {
    const server = createTlsServer({
      ...serverLimits,
      cert: await readFile(tlsCert),
      key: await readFile(tlsKey),
    });
    attach(server, createViewerApp(core, { scheme: 'https', names: [name] }, actions));
    const bound = await listen(server, address, port);
    return { server, url: `https://${name}:${bound}` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(400, 'bad_request', `The viewer cannot listen on ${address}: ${why}`);
  }
}

function attach(server: Server, { fetch }: ViewerApp): void {
  limitServer(server);
  server.on('request', getRequestListener(fetch, { errorHandler: replyUnreadable }));
  server.on('upgrade', (request, socket, head) => {
    void answerUpgrade((asked, bindings) => fetch(asked, bindings), { request, socket, head });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
