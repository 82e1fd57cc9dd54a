import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { hideForeignTargets } from './hide-foreign-targets.js';

/** An address at which a browser looks as if it had nothing open but what is opened through it. */
export interface OwnContexts {
  readonly url: string;
  close(): void;
}

/** As much as Playwright itself accepts: a response body or a screenshot is one message. */
const messageBytesMax = 256 * 1024 * 1024;

/**
 * Playwright takes the tab that a slot has anyway for one of the test's: it would be in its traces, and its screenshot
 * beside that of the page that failed. Serves one client; rejects if the browser does not answer.
 */
export async function openOwnContexts(cdpWsUrl: string): Promise<OwnContexts> {
  const browser = new WebSocket(cdpWsUrl, { perMessageDeflate: false, maxPayload: messageBytesMax });
  await once(browser, 'open');
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
    verifyClient: ({ req }: { req: IncomingMessage }) => !isFromPage(req) && server.clients.size === 0,
  });
  await once(server, 'listening');
  const close = (): void => {
    browser.terminate();
    for (const client of server.clients) client.terminate();
    server.close();
  };
  server.on('connection', (client) => join(client, browser));
  browser.on('close', close);
  browser.on('error', close);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `ws://127.0.0.1:${port}/`, close };
}

/** Chrome refuses these at its own port, too. */
function isFromPage({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined;
}

function join(client: WebSocket, browser: WebSocket): void {
  const hidden = hideForeignTargets((command) => browser.send(command));
  client.on('message', (data: Buffer) => browser.send(data, { binary: false }));
  browser.on('message', (data: Buffer) => {
    if (!hidden(data)) client.send(data, { binary: false });
  });
  client.on('close', () => browser.terminate());
  client.on('error', () => browser.terminate());
}
