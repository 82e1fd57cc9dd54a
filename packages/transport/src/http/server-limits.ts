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

const connectionsMax = 1024;
const crowdedAt = 960;

/** Bounds the connections of a server, and answers what is not even HTTP with an error of the contract. */
export function limitServer(server: Server): void {
  server.maxConnections = connectionsMax;
  keepRoom(server, crowdedAt);
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
