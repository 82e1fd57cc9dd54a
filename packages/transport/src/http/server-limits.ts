import type { Server, ServerOptions } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { OperationError } from '../operation-error.js';
import { errorToWire } from '../wire/error-to-wire.js';
import { keepRoom } from './keep-room.js';

const headerBytesMax = 16 * 1024;

/** Options for `http.createServer`. A client that sends slowly or not at all is cut off; one that waits is not. */
export const serverLimits = {
  maxHeaderSize: headerBytesMax,
  /** Milliseconds within which the headers, and the whole request, must have arrived. */
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 1000,
  requireHostHeader: true,
} as const satisfies ServerOptions;

/** How the connections of a server are shared out. */
export interface ServerRoom {
  readonly connectionsMax: number;
  /** Above this many, idle ones are cut. */
  readonly crowdedAt: number;
  /** That many may be taken up by requests that wait for a slot. */
  readonly waitingMax: number;
}

const connectionsMaxDefault = 1024;

/**
 * Half of the descriptors at the most, for the journal, the browsers' connections and the start of a process, which takes
 * half a dozen, need theirs whoever else is connected; and of the connections three quarters at the most for those who
 * wait, so that holders can renew and release however many do.
 */
export function roomFor(openFilesMax: number): ServerRoom {
  const connectionsMax = Math.min(connectionsMaxDefault, Math.floor(openFilesMax / 2));
  return {
    connectionsMax,
    crowdedAt: Math.floor((connectionsMax * 15) / 16),
    waitingMax: Math.floor((connectionsMax * 3) / 4),
  };
}

/** Bounds the connections of a server, and answers what is not even HTTP with an error of the contract. */
export function limitServer(server: Server, room: ServerRoom = roomFor(Infinity)): void {
  server.maxConnections = room.connectionsMax;
  keepRoom(server, room.crowdedAt);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable || isUnused(socket)) socket.destroy();
    else socket.end(rawReply(malformed(error.code)), () => socket.destroy());
  });
}

/**
 * Browsers connect ahead of need. An answer to such a connection, on which nothing was asked, would be taken for that to
 * the request which is on its way just then; one that is closed is tried again.
 */
function isUnused(socket: Duplex): boolean {
  return socket instanceof Socket && socket.bytesRead === 0;
}

function malformed(code: string | undefined): OperationError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new OperationError('bad_request', {
      message: `The headers are larger than ${headerBytesMax} bytes.`,
    });
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new OperationError('bad_request', { message: 'The request took too long to arrive.' });
  }
  return new OperationError('bad_request', { message: 'This is not a request in HTTP/1.1.' });
}

function rawReply(error: OperationError): string {
  const body = JSON.stringify(errorToWire(error));
  const head = [
    `HTTP/1.1 ${error.status} Bad Request`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
