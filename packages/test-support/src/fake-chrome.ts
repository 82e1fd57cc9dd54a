import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/**
 * How a browser misbehaves: `stalls` never answers, `floods` sends events without end, `huge_frame` answers with 100 MB,
 * `babbles` sends what is no JSON, `lies` answers in the wrong shape, `deaf` accepts connections and says nothing at
 * all, `endless_version` never finishes its version, `hangs_up` ends the connection at the first question.
 */
export type FakeChromeFault =
  | 'stalls'
  | 'floods'
  | 'huge_frame'
  | 'babbles'
  | 'lies'
  | 'deaf'
  | 'endless_version'
  | 'hangs_up';

export interface FakeChrome {
  readonly port: number;
  readonly wsUrl: string;
  readonly close: () => Promise<void>;
}

/** An endpoint that looks like a browser's and has one fault. */
export async function startFakeChrome(fault: FakeChromeFault): Promise<FakeChrome> {
  const sockets = new Set<Socket>();
  const http = createServer((request, response) => version(request, response, fault));
  http.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const websockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    if (fault === 'deaf') return;
    websockets.handleUpgrade(request, socket, head, (client) => converse(client, fault));
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const address = http.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = (): Promise<void> =>
    new Promise((closed) => {
      http.close(() => closed());
      for (const socket of sockets) socket.destroy();
    });
  return { port, wsUrl: `ws://127.0.0.1:${port}/devtools/browser/fake`, close };
}

function version(_: IncomingMessage, response: ServerResponse, fault: FakeChromeFault): void {
  if (fault === 'deaf') return;
  if (fault === 'endless_version') return pour(() => response.write('x'.repeat(10_000)), response);
  response.end(fault === 'lies' ? '{"Browser":7}' : 'not a version');
}

function converse(client: WebSocket, fault: FakeChromeFault): void {
  client.on('error', () => {});
  const event = JSON.stringify({ method: 'Fake.event', params: { text: 'x'.repeat(100_000) } });
  if (fault === 'floods') pour(() => client.send(event), client);
  client.on('message', (data: Buffer) => {
    const id = Number(/"id":(\d+)/.exec(data.toString('utf8'))?.[1]);
    if (fault === 'huge_frame')
      client.send(JSON.stringify({ id, result: { text: 'x'.repeat(100_000_000) } }));
    if (fault === 'babbles') client.send('no JSON');
    if (fault === 'lies') client.send(JSON.stringify({ id, result: { targetInfos: 'none', targetId: 5 } }));
    if (fault === 'hangs_up') client.terminate();
  });
}

// One piece per turn of the event loop, so that the flood leaves room for whoever must withstand it.
function pour(piece: () => unknown, sink: { once: (event: 'close', end: () => void) => unknown }): void {
  let isOpen = true;
  sink.once('close', () => (isOpen = false));
  const next = (): void => {
    if (!isOpen) return;
    piece();
    setImmediate(next);
  };
  next();
}
