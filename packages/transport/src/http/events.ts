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
): Route {
  const open = new Set<AbortController>();
  return {
    method: 'GET',
    path: '/events',
    access: 'lease',
    answer: ({ request }) => {
      const from = firstRevision(request);
      if (open.size >= streamsMax) throw new OperationError('too_many_sessions');
      const ended = new AbortController();
      ended.signal.addEventListener('abort', () => open.delete(ended), { once: true });
      const subscribe = () => {
        open.add(ended);
        return frames(log, from, ended.signal, keepAliveMs);
      };
      return new Response(pulledStream(subscribe, ended, onError), { headers: eventHeaders });
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

/** Server-sent events, and a comment now and then while there are none. */
async function* frames(
  log: EventLog,
  from: number | undefined,
  signal: AbortSignal,
  keepAliveMs: number,
): AsyncGenerator<string> {
  yield 'retry: 1000\n\n';
  const subscription = log.subscribe(from, signal);
  if ('oldestRevision' in subscription) return yield goneFrame(subscription);
  const events = subscription[Symbol.asyncIterator]();
  let next = events.next();
  for (;;) {
    const result = await orSilence(next, keepAliveMs);
    if (result === 'silence') yield ': still here\n\n';
    else if (result.done) return undefined;
    else {
      yield eventFrame(result.value);
      next = events.next();
    }
  }
}

/** A client that was away for too long is told so, not left to wonder what it missed. */
const goneFrame = ({ oldestRevision }: { oldestRevision: number }) =>
  `event: gone\ndata: ${JSON.stringify(toWire({ oldestRevision }))}\n\n`;

const eventFrame = ({ revision: id, at, event }: LoggedEvent) =>
  `id: ${id}\ndata: ${JSON.stringify(toWire({ revision: id, at, event }))}\n\n`;

/**
 * Subscribes at the first pull, because the answer to HEAD is never read, and asks for the next frame only when the
 * connection has taken the one before, so that nothing piles up here.
 */
function pulledStream(
  subscribe: () => AsyncIterator<string>,
  ended: AbortController,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let source: AsyncIterator<string> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        source ??= subscribe();
        const frame = await nextFrame(source, onError);
        if (frame !== undefined) return controller.enqueue(encoder.encode(frame));
        ended.abort();
        return controller.close();
      },
      cancel: () => ended.abort(),
    },
    { highWaterMark: 0 },
  );
}

/** A log that cannot be read ends the stream; its client comes back with the last id it saw. */
async function nextFrame(source: AsyncIterator<string>, onError: (error: unknown) => void) {
  try {
    const { done, value } = await source.next();
    return done ? undefined : value;
  } catch (error) {
    onError(error);
    return undefined;
  }
}

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
