import { WebSocket } from 'ws';
import { PoolError } from '../errors.js';
import { isRecord } from '../plain-data.js';
import type { PlainRecord } from '../plain-data.js';
import type { OwnSockets } from './own-sockets.js';

/** Called with each CDP event and its session; an event without a session is about the browser. */
export type EventListener = (method: string, params: PlainRecord, sessionId: string | undefined) => void;

/** A raw CDP connection to a browser. It enables no domains and answers no dialogs by itself. */
export interface DevtoolsConnection {
  /**
   * Sends one command and resolves with its result.
   *
   * @throws PoolError `devtools_error` if the browser refuses the command or the connection ends, `deadline_exceeded` if no
   * answer arrives in time, and `answer_too_large` if the browser sends more than the pool accepts. The last one ends this
   * connection and says nothing about the browser's health.
   */
  readonly send: (method: string, params?: PlainRecord, sessionId?: string) => Promise<PlainRecord>;
  /** Adds a listener and returns a function that removes it. Without listeners, events are not even parsed. */
  readonly onEvent: (listener: EventListener) => () => void;
  /** Resolves when the connection has ended for any reason. Never rejects. */
  readonly closed: Promise<void>;
  readonly close: () => void;
}

/** How to connect to a browser. */
export interface ConnectOptions {
  /** The new connection is registered here as the pool's own. */
  readonly own: OwnSockets;
  /** Milliseconds that the handshake and each command may take. Undefined: they wait until the connection ends. */
  readonly callMs: number | undefined;
  /** Ends the attempt to connect, or the connection. */
  readonly signal?: AbortSignal;
}

interface PendingCall {
  readonly method: string;
  readonly resolve: (result: PlainRecord) => void;
  readonly reject: (error: PoolError) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

// The pool asks for nothing that a page can make long, except one address or title at a time. If a browser sends more than
// this in one message, or in total between two answers, the connection is closed before memory runs out. The total is
// enough for a hundred tabs whose addresses are as long as Chrome allows.
const frameBytesMax = 32_000_000;
const unaskedBytesMax = 256_000_000;

/**
 * Connects to the browser at a `ws:` address.
 *
 * @throws PoolError `browser_unresponsive` if nothing accepts the connection in time, or before `signal` is aborted.
 */
export async function connectDevtools(
  wsUrl: string,
  { own, callMs, signal }: ConnectOptions,
): Promise<DevtoolsConnection> {
  const socket = new WebSocket(wsUrl, {
    perMessageDeflate: false,
    maxPayload: frameBytesMax,
    ...(callMs === undefined ? {} : { handshakeTimeout: callMs }),
    followRedirects: false,
  });
  socket.once('upgrade', (response) => own.add(response.socket));
  const connection = converse(socket, callMs);
  if (signal !== undefined) endWith(signal, connection);
  await opened(socket, wsUrl);
  return connection;
}

function endWith(signal: AbortSignal, { close, closed }: DevtoolsConnection): void {
  signal.addEventListener('abort', close, { once: true });
  void closed.then(() => signal.removeEventListener('abort', close));
  if (signal.aborted) close();
}

function opened(socket: WebSocket, wsUrl: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (cause) => {
      reject(
        new PoolError('browser_unresponsive', `No browser accepts a connection at ${wsUrl}.`, { cause }),
      );
    });
  });
}

function converse(socket: WebSocket, callMs: number | undefined): DevtoolsConnection {
  const pending = new Map<number, PendingCall>();
  const listeners = new Set<EventListener>();
  let lastId = 0;
  let unaskedBytes = 0;
  let endError = closedError;

  const settle = (id: number): PendingCall | undefined => {
    const call = pending.get(id);
    if (call) clearTimeout(call.timer);
    pending.delete(id);
    return call;
  };

  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      for (const id of pending.keys()) settle(id)?.reject(endError());
      resolve();
    });
  });

  socket.on('error', (error) => {
    if (isTooLarge(error)) endError = tooLargeError;
    socket.terminate();
  });
  socket.on('message', (data: Buffer) => {
    unaskedBytes += data.length;
    if (unaskedBytes > unaskedBytesMax) {
      endError = tooLargeError;
      return socket.terminate();
    }
    if (listeners.size === 0 && isEvent(data)) return;
    const message = parseRecord(data);
    if (message === undefined) return socket.terminate();
    if (typeof message.id !== 'number') return notify(listeners, message);
    const call = settle(message.id);
    if (call === undefined) return;
    unaskedBytes = 0;
    if (isRecord(message.error)) call.reject(refusedError(call.method, message.error));
    else call.resolve(isRecord(message.result) ? message.result : {});
  });

  const send: DevtoolsConnection['send'] = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) return reject(endError());
      const id = (lastId += 1);
      const late = (): void => settle(id)?.reject(lateError(method, callMs));
      const timer = callMs === undefined ? undefined : setTimeout(late, callMs);
      pending.set(id, { method, resolve, reject, timer });
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });

  // terminate, not close: a browser that never answers the closing handshake would keep the socket for 30 seconds.
  return {
    send,
    closed,
    close: () => socket.terminate(),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

// Chrome writes `id` first into an answer and `method` first into an event.
function isEvent(data: Buffer): boolean {
  return data.toString('latin1', 0, eventPrefix.length) === eventPrefix;
}

const eventPrefix = '{"method":';

function isTooLarge(error: Error): boolean {
  return 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
}

function notify(listeners: ReadonlySet<EventListener>, message: PlainRecord): void {
  if (typeof message.method !== 'string') return;
  const params = isRecord(message.params) ? message.params : {};
  const sessionId = typeof message.sessionId === 'string' ? message.sessionId : undefined;
  for (const listener of listeners) listener(message.method, params, sessionId);
}

function parseRecord(data: Buffer): PlainRecord | undefined {
  try {
    const message: unknown = JSON.parse(data.toString('utf8'));
    return isRecord(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

function closedError(): PoolError {
  return new PoolError('devtools_error', 'The connection to the browser ended.');
}

function tooLargeError(): PoolError {
  return new PoolError('answer_too_large', 'The browser sent more data than a connection accepts.');
}

function refusedError(method: string, error: PlainRecord): PoolError {
  const reason = String(error.message).slice(0, 300);
  return new PoolError('devtools_error', `The browser refused ${method}: ${reason}`, {
    details: { method, reason },
  });
}

function lateError(method: string, ms: number | undefined): PoolError {
  return new PoolError('deadline_exceeded', `The browser did not answer ${method} within ${ms} ms.`, {
    details: { method, ms },
  });
}
