import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { limitServer, replyUnreadable, serverLimits } from '@escarp/transport';
import { onTestFinished } from 'vitest';
import { sampleApp, type SampleOptions } from './sample-app.js';

export type Listening = { url: string; port: number; server: Server };

/** A real server on a free port, closed when the test is over. */
export async function listen(
  options: SampleOptions & {
    port?: number;
    limits?: object;
    before?: (request: IncomingMessage) => void;
  } = {},
): Promise<Listening> {
  let port = 0;
  const app = sampleApp({ ...options, guard: { port: () => port, ...options.guard } });
  const answer = getRequestListener(app.fetch, { errorHandler: replyUnreadable });
  const server = createServer({ ...serverLimits, ...options.limits }, (request, response) => {
    options.before?.(request);
    void answer(request, response);
  });
  limitServer(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
  onTestFinished(() => stop(server));
  return { url: `http://127.0.0.1:${port}`, port, server };
}

export async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
