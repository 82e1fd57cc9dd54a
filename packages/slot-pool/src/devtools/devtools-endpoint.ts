import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { PoolError } from '../errors.js';
import { isRecord } from '../plain-data.js';
import type { OwnSockets } from './own-sockets.js';

/** What a browser says about itself in answer to `GET /json/version`. */
export interface BrowserVersion {
  /** For example `Chrome/156.0.8078.79`. */
  readonly version: string;
  /** New at every launch, so it also distinguishes one run of a browser from the next. */
  readonly wsUrl: string;
}

const bodyBytesMax = 65_536;

/**
 * Asks the browser on a loopback port for its identity, until `signal` is aborted.
 *
 * @throws PoolError `browser_unresponsive` if nothing answers within `deadlineMs`, what answers is not a browser, or `signal`
 * is aborted.
 */
export async function readBrowserVersion(
  port: number,
  own: OwnSockets,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<BrowserVersion> {
  try {
    return parseVersion(await fetchText(port, own, deadlineMs, signal), port);
  } catch (cause) {
    throw new PoolError('browser_unresponsive', `No browser answers on port ${port}.`, {
      details: { port },
      cause,
    });
  }
}

function fetchText(
  port: number,
  own: OwnSockets,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // Not one signal made of two: Node 20 may forget a timeout that nothing else refers to.
    const late = AbortSignal.timeout(deadlineMs);
    const request = get(
      { host: '127.0.0.1', port, path: '/json/version', agent: false, signal: late },
      (response) => readBody(response).then(resolve, reject),
    );
    const stop = (): void => void request.destroy(new Error('Nobody waits for the answer any more.'));
    signal?.addEventListener('abort', stop, { once: true });
    request.once('close', () => signal?.removeEventListener('abort', stop));
    request.once('socket', (socket) => socket.once('connect', () => own.add(socket)));
    request.once('error', reject);
    if (signal?.aborted === true) stop();
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new Error('The answer is too long to be a version.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

// The URL's host is whatever the request's Host header said, so only its path is used, and only if it is a browser's.
function parseVersion(text: string, port: number): BrowserVersion {
  const answer: unknown = JSON.parse(text);
  if (!isRecord(answer)) throw new Error('The answer is not a browser version.');
  const path = /^ws:\/\/[^/]+(\/devtools\/browser\/[\w-]+)$/.exec(String(answer.webSocketDebuggerUrl))?.[1];
  if (typeof answer.Browser !== 'string' || path === undefined)
    throw new Error('The answer is not a browser version.');
  return { version: answer.Browser.slice(0, 200), wsUrl: `ws://127.0.0.1:${port}${path}` };
}
