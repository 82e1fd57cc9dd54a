// The real broker behind the real routes, with its journal on disk, over slots that are clean at once: what is measured is the broker.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { eventLog, handlersOf, openBroker } from '@escarp/broker';
import { createHttpApp, limitServer, replyUnreadable, serverLimits } from '@escarp/transport';
import { getRequestListener } from '@hono/node-server';
import { brokerOptions } from '../subjects/broker-options.js';
import { endWithParent, programOptions, sayReady } from '../program-port.js';

const { slots = 1 } = programOptions();
const home = await mkdtemp(join(tmpdir(), 'escb-'));
const broker = await openBroker(await brokerOptions(home, slots));
const server = createServer(serverLimits);
limitServer(server);
await once(server.listen(0, '127.0.0.1'), 'listening');
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
const { fetch } = createHttpApp({
  handlers: handlersOf(broker, 'bench'),
  version: 'bench',
  guard: { port: () => port, hosts: [], nowMs: () => performance.now() },
  events: eventLog(broker),
  metrics: () => broker.metrics.text(broker.registry.state, () => undefined),
  onInternalError: (error) => process.stderr.write(`${String(error)}\n`),
});
server.on('request', getRequestListener(fetch, { errorHandler: replyUnreadable }));
endWithParent(async () => {
  broker.stop();
  server.closeAllConnections();
  server.close();
  await broker.close();
  await rm(home, { recursive: true, force: true });
});
sayReady({ url: `http://127.0.0.1:${port}`, home });
