import type { Server, ServerOptions } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { OperationError } from '@escarp/contract';
import { errorToWire } from '../wire/error-to-wire.js';
import { evictIdleConnections } from './evict-idle-connections.js';

const headerBytesMax = 16 * 1024;

/** Options for `http.createServer`. Clients that send slowly or not at all are disconnected; clients that wait are not. */
export const serverLimits = {
  /** Bytes. */
  maxHeaderSize: headerBytesMax,
  /** Milliseconds in which the headers must arrive. */
  headersTimeout: 10_000,
  /** Milliseconds in which the whole request must arrive. */
  requestTimeout: 20_000,
  /** Milliseconds between two checks of these timeouts. */
  connectionsCheckingInterval: 1000,
  requireHostHeader: true,
} as const satisfies ServerOptions;

/** How many connections a server accepts, and for what. */
export interface ServerRoom {
  readonly connectionsMax: number;
  /** While more than this many are open, new connections evict idle ones. */
  readonly softLimit: number;
  /** How many requests may wait for a slot at the same time. */
  readonly waitingMax: number;
}

const connectionsMaxDefault = 1024;

/**
 * The connection limits for a process that may open `openFilesMax` files. Connections get at most half of the descriptors
 * (and at most 1024), because the journal, the connections to browsers and starting a process, which takes half a dozen,
 * need the rest. At most three quarters of the connections may wait for a slot, so that holders can always renew and
 * release.
 */
export function roomFor(openFilesMax: number): ServerRoom {
  const connectionsMax = Math.min(connectionsMaxDefault, Math.floor(openFilesMax / 2));
  return {
    connectionsMax,
    softLimit: Math.floor((connectionsMax * 15) / 16),
    waitingMax: Math.floor((connectionsMax * 3) / 4),
  };
}

/** Limits the connections of a server, and answers malformed HTTP with an error of the contract. Default room: 1024. */
export function limitServer(server: Server, room: ServerRoom = roomFor(Infinity)): void {
  server.maxConnections = room.connectionsMax;
  evictIdleConnections(server, room.softLimit);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable || isUnused(socket)) socket.destroy();
    else socket.end(rawReply(malformed(error.code)), () => socket.destroy());
  });
}

/**
 * Browsers open connections in advance. If we answered on such a connection before it carried a request, the browser would
 * take it for the answer to its first request. If we close it, the browser opens another one.
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
  return new OperationError('bad_request', { message: 'This is not an HTTP/1.1 request.' });
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
