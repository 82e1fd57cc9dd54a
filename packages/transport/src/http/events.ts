import type { SSEStreamingApi } from 'hono/streaming';
import { streamSSE } from 'hono/streaming';
import { OperationError } from '@escarp/contract';
import { toWire } from '../wire/convert.js';
import { safeHeaders } from './reply.js';
import type { Route } from './route.js';

/** An event of the journal. */
export type LoggedEvent = {
  revision: number;
  /** Epoch seconds. */
  at: number;
  /** Plain data in camel case, without secrets. */
  event: object;
};

/** The journal as a stream of events. */
export type EventLog = {
  /**
   * Every event from that revision on, then each new one as it happens; without a revision, only new ones. If the
   * revision has been dropped, the oldest one that is kept. Ends when the signal is aborted.
   */
  subscribe(
    from: number | undefined,
    signal: AbortSignal,
  ): AsyncIterable<LoggedEvent> | { oldestRevision: number };
};

export type EventStreamLimits = {
  /** Milliseconds without an event after which a comment is sent, to detect dead connections. */
  keepAliveMs: number;
  streamsMax: number;
};

const eventHeaders = { 'content-type': 'text/event-stream', ...safeHeaders };

/** `GET /events?from=REVISION`. A Last-Event-ID, which clients send when they reconnect, takes precedence over `from`. */
export function eventsRoute(
  log: EventLog,
  onError: (error: unknown) => void,
  { keepAliveMs, streamsMax }: EventStreamLimits = { keepAliveMs: 15_000, streamsMax: 64 },
): Route<Response> {
  const open = new Set<AbortController>();
  return {
    method: 'GET',
    path: '/events',
    access: 'lease',
    answer: ({ request, context }) => {
      const from = firstRevision(request);
      // Nobody reads the body of a HEAD response, so a stream would never end.
      if (request.method === 'HEAD') return new Response(null, { headers: eventHeaders });
      if (open.size >= streamsMax) throw new OperationError('too_many_sessions');
      const ended = new AbortController();
      open.add(ended);
      ended.signal.addEventListener('abort', () => open.delete(ended), { once: true });
      const { body } = streamSSE(context, async (stream) => {
        stream.onAbort(() => ended.abort());
        try {
          await writeEvents(stream, log, from, ended.signal, keepAliveMs);
        } catch (error) {
          // A log that cannot be read ends the stream; the client reconnects with the last id it saw.
          onError(error);
        } finally {
          ended.abort();
        }
      });
      return new Response(body, { headers: eventHeaders });
    },
  };
}

function firstRevision(request: Request): number | undefined {
  const lastSeen = request.headers.get('last-event-id');
  if (lastSeen !== null) return revision(lastSeen, 'Last-Event-ID') + 1;
  const from = new URL(request.url).searchParams.get('from');
  return from === null ? undefined : revision(from, 'from');
}

function revision(text: string, field: string): number {
  const number = Number(text);
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new OperationError('bad_request', {
    message: `The field ${field} must be a revision, a whole number.`,
    details: { field },
  });
}

/**
 * Writes events, and a comment after each `keepAliveMs` without one. Takes the next event from the log only when the
 * connection has accepted the last one, so that slow clients cost no memory.
 */
async function writeEvents(
  stream: SSEStreamingApi,
  log: EventLog,
  from: number | undefined,
  signal: AbortSignal,
  keepAliveMs: number,
): Promise<void> {
  await stream.write('retry: 1000\n\n');
  const subscription = log.subscribe(from, signal);
  // A client that was away for too long must learn that it missed events.
  if ('oldestRevision' in subscription) return stream.writeSSE({ event: 'gone', data: dataOf(subscription) });
  const events = subscription[Symbol.asyncIterator]();
  let next = events.next();
  while (!signal.aborted) {
    const result = await orTimeout(next, keepAliveMs);
    if (result === 'timeout') await stream.write(': still here\n\n');
    else if (result.done === true) return;
    else {
      const { revision: id, at, event } = result.value;
      await stream.writeSSE({ id: String(id), data: dataOf({ revision: id, at, event }) });
      next = events.next();
    }
  }
}

const dataOf = (value: object): string => JSON.stringify(toWire(value));

async function orTimeout<Value>(promise: Promise<Value>, ms: number): Promise<Value | 'timeout'> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), ms).unref();
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
