import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** A connection that leaves HTTP, as it arrived. `head` is what the client has sent after its request. */
export type UpgradedConnection = { request: IncomingMessage; socket: Duplex; head: Buffer };

/** An answer that takes over the connection instead of sending a response, for example for a WebSocket. */
export class Upgrade {
  /** Sends the 101 and owns the socket from then on. */
  readonly accept: (connection: UpgradedConnection) => void;

  constructor(accept: (connection: UpgradedConnection) => void) {
    this.accept = accept;
  }
}

/** Where the app leaves the upgrade that a route has answered with; present only if the client asks for one. */
export type UpgradeSlot = { answered: Upgrade | undefined };

type Fetch = (request: Request, bindings: { upgrade: UpgradeSlot }) => Response | Promise<Response>;

/**
 * Has the app's routes answer a request to upgrade, so that it passes the same guard as all requests. An answer other
 * than an upgrade, such as a refusal, is sent as the last response on the connection. Never rejects.
 */
export async function answerUpgrade(fetch: Fetch, connection: UpgradedConnection): Promise<void> {
  const { request, socket } = connection;
  // A client that goes away in the meantime is no error of ours.
  socket.on('error', () => socket.destroy());
  try {
    const upgrade: UpgradeSlot = { answered: undefined };
    const response = await fetch(requestOf(request), { upgrade });
    if (upgrade.answered === undefined) await sendLast(response, socket);
    else upgrade.answered.accept(connection);
  } catch {
    socket.destroy();
  }
}

function requestOf({ method = 'GET', url = '/', headers, rawHeaders }: IncomingMessage): Request {
  const pairs = rawHeaders.flatMap((name, at): [string, string][] =>
    at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? '']] : [],
  );
  return new Request(new URL(url, `http://${headers.host ?? 'unknown'}`), { method, headers: pairs });
}

async function sendLast(response: Response, socket: Duplex): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  const head = [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}`,
    ...lines,
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}
