import { createServer, type Server } from 'node:http';
import { loopbackNames } from '@escarp/contract';
import { getRequestListener } from '@hono/node-server';
import { answerUpgrade, limitServer, listen, replyUnreadable, serverLimits } from '@escarp/transport';
import type { Listener } from './rights/page-guard.js';
import { addControlRoutes } from './server/control-routes.js';
import { NetworkListeners } from './server/network-listeners.js';
import { addOperatorRoutes } from './server/operator-routes.js';
import { addSessionRoutes } from './server/session-routes.js';
import { addStripRoutes } from './server/strip-routes.js';
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
  const stopping = new AbortController();
  const onError = ({ message }: Error): void =>
    options.ports.log('A connection could not be accepted.', { reason: message });
  const attachNamed = (server: Server, name: string): void =>
    attach(server, createViewerApp(core, { scheme: 'https', names: [name] }));
  const network = new NetworkListeners({ attach: attachNamed, onError });
  let port = 0;
  const url = (): string => `http://127.0.0.1:${port}`;
  const loopback: Listener = { scheme: 'http', names: loopbackNames };
  const app = createViewerApp(core, loopback);
  addOperatorRoutes(app, core, loopback, {
    urls: () => [url(), ...network.urls],
    listen: (address) => network.add(address, port),
    stop: () => stopping.abort(),
  });
  const server = createServer(serverLimits);
  attach(server, app);
  port = await listen(server, { host: '127.0.0.1', port: options.port, onError });
  return {
    url: url(),
    port,
    get isIdle() {
      return core.sessions.isEmpty;
    },
    stopped: stopping.signal,
    close: async () => {
      core.close();
      await Promise.all([server, ...network.servers].map(closeServer));
    },
  };
}

/** What everybody may ask, wherever they come from. */
function createViewerApp(core: ViewerCore, listener: Listener): ViewerApp {
  const app = createApp(core, listener);
  addControlRoutes(app, core);
  addSocketRoutes(app, core);
  addStripRoutes(app, core);
  addSessionRoutes(app, core, listener);
  return app;
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
