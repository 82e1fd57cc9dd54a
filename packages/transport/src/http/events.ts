import type { SSEStreamingApi } from 'hono/streaming';
import { streamSSE } from 'hono/streaming';
import { OperationError } from '../operation-error.js';
import { toWire } from '../wire/convert.js';
import { safeHeaders } from './reply.js';
import type { Route } from './route.js';

export type LoggedEvent = {
  revision: number;
  /** Epoch seconds. */
  at: number;
  /** Plain data in camel case, with no token in it. */
  event: object;
};

export type EventLog = {
  /**
   * Every event from that revision on, then each new one as it happens; without a revision only new ones. When the
   * revision is not kept any more, the oldest one that is. Ends when the signal is aborted.
   */
  subscribe(
    from: number | undefined,
    signal: AbortSignal,
  ): AsyncIterable<LoggedEvent> | { oldestRevision: number };
};

export type EventStreamLimits = {
  /** Milliseconds without an event after which a comment is sent, so that a dead connection is noticed. */
  keepAliveMs: number;
  streamsMax: number;
};

const eventHeaders = { 'content-type': 'text/event-stream', ...safeHeaders };

/** `GET /events?from=REVISION`; a browser's or a library's own Last-Event-ID, sent on reconnecting, comes first. */
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
      // Its answer is never read, and so would never end.
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
          // A log that cannot be read ends the stream; its client comes back with the last id it saw.
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
 * Events, and a comment now and then while there are none. The next is taken from the log only when the connection has
 * taken the one before, so that nothing piles up here.
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
  // A client that was away for too long is told so, not left to wonder what it missed.
  if ('oldestRevision' in subscription) return stream.writeSSE({ event: 'gone', data: dataOf(subscription) });
  const events = subscription[Symbol.asyncIterator]();
  let next = events.next();
  while (!signal.aborted) {
    const result = await orSilence(next, keepAliveMs);
    if (result === 'silence') await stream.write(': still here\n\n');
    else if (result.done === true) return;
    else {
      const { revision: id, at, event } = result.value;
      await stream.writeSSE({ id: String(id), data: dataOf({ revision: id, at, event }) });
      next = events.next();
    }
  }
}

const dataOf = (value: object): string => JSON.stringify(toWire(value));

async function orSilence<Value>(promise: Promise<Value>, ms: number): Promise<Value | 'silence'> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'silence'>((resolve) => {
    timer = setTimeout(() => resolve('silence'), ms).unref();
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
