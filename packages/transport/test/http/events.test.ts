import { once } from 'node:events';
import type { EventLog, LoggedEvent } from '@escarp/transport';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { EventStreamLimits } from '../../src/http/events.js';
import { eventsRoute } from '../../src/http/events.js';
import { listen } from '../listen.js';
import { errorOf, get, sampleApp } from '../sample-app.js';
import { signalled } from '../signalled.js';

const event = (revision: number): LoggedEvent => ({
  revision,
  at: 1000 + revision,
  event: { type: 'granted', expiresAt: 5, labels: { keepMe: 'x' } },
});

/** A log that contains these events and gets no new ones, and counts how many were read. */
function finished(events: LoggedEvent[]): EventLog & { from: (number | undefined)[]; taken: number } {
  const log = {
    from: [] as (number | undefined)[],
    taken: 0,
    subscribe: (from: number | undefined) => {
      log.from.push(from);
      return (async function* () {
        for (const each of events) {
          log.taken++;
          yield each;
        }
      })();
    },
  };
  return log;
}

/** A log in which nothing ever happens. */
const silent = (ended: () => void = () => {}): EventLog => ({
  subscribe: (_from, signal) => ({
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        await once(signal, 'abort');
        ended();
        return { done: true, value: undefined };
      },
    }),
  }),
});

/** Calls a route of its own, over a log in which nothing happens. */
function serving(limits: EventStreamLimits): () => Promise<Response> {
  const { path, answer } = eventsRoute(silent(), () => {}, limits);
  const app = new Hono();
  app.onError(() => new Response(null, { status: 503 }));
  app.get(path, (context) =>
    answer({ request: context.req.raw, access: 'lease', outgoing: undefined, context }),
  );
  return async () => app.request(path);
}

describe('the event stream', () => {
  it('sends every event with its revision as id', async () => {
    const app = sampleApp({ events: finished([event(7), event(8)]) });
    const response = await get(app, '/events?from=7');
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toBe(
      [
        'retry: 1000',
        '',
        'data: {"revision":7,"at":1007,"event":{"type":"granted","expires_at":5,"labels":{"keepMe":"x"}}}',
        'id: 7',
        '',
        'data: {"revision":8,"at":1008,"event":{"type":"granted","expires_at":5,"labels":{"keepMe":"x"}}}',
        'id: 8',
        '',
        '',
      ].join('\n'),
    );
  });

  it('starts where it is told to, and after the last event that was seen when it is resumed', async () => {
    const log = finished([]);
    const app = sampleApp({ events: log });
    await (await get(app, '/events')).text();
    await (await get(app, '/events?from=0')).text();
    await (await get(app, '/events?from=3', { 'last-event-id': '41' })).text();
    expect(log.from).toEqual([undefined, 0, 42]);
  });

  it.each(['-1', '1.5', 'x', '1e3', '99999999999999999', ''])(
    'does not take %j for a revision',
    async (from) => {
      expect(await errorOf(get(sampleApp(), `/events?from=${from}`))).toBe('bad_request');
      if (from === '') return;
      expect(await errorOf(get(sampleApp(), '/events', { 'last-event-id': from }))).toBe('bad_request');
    },
  );

  it('says that what it was asked for is gone', async () => {
    const app = sampleApp({ events: { subscribe: () => ({ oldestRevision: 900 }) } });
    expect(await (await get(app, '/events?from=3')).text()).toContain(
      'event: gone\ndata: {"oldest_revision":900}\n\n',
    );
  });

  it('reads no more from the log than its reader reads from it', async () => {
    const log = finished(Array.from({ length: 1000 }, (_, index) => event(index)));
    const response = await get(sampleApp({ events: log }), '/events?from=0');
    const reader = response.body!.getReader();
    await reader.read();
    await reader.read();
    expect(log.taken).toBeLessThanOrEqual(2);
    await reader.cancel();
  });

  it('shows that it is alive when nothing happens', async () => {
    const response = await serving({ keepAliveMs: 1, streamsMax: 1 })();
    const reader = response.body!.getReader();
    await reader.read();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe(': still here\n\n');
    await reader.cancel();
  });

  it('is bounded in number, and a stream that was closed makes room', async () => {
    const open = serving({ keepAliveMs: 1000, streamsMax: 1 });
    const reader = (await open()).body!.getReader();
    await reader.read();
    expect((await open()).status).toBe(503);
    await reader.cancel();
    await expect(open()).resolves.toHaveProperty('status', 200);
  });

  it('ends its subscription when the client hangs up', async () => {
    const ended = signalled();
    const { url } = await listen({ events: silent(() => ended.resolve()) });
    const controller = new AbortController();
    const response = await fetch(`${url}/events`, { signal: controller.signal });
    await response.body!.getReader().read();
    controller.abort();
    await expect(ended.promise).resolves.toBeUndefined();
  });

  it('ends, and is reported, when the log cannot be read', async () => {
    const reported: unknown[] = [];
    const unreadable: EventLog = {
      subscribe: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('disk on fire')) }),
      }),
    };
    const app = sampleApp({ events: unreadable, onInternalError: (error) => reported.push(error) });
    expect(await (await get(app, '/events')).text()).toBe('retry: 1000\n\n');
    expect(reported).toMatchObject([{ message: 'disk on fire' }]);
  });

  it('is not subscribed to by HEAD', async () => {
    const log = finished([]);
    const headers = { host: '127.0.0.1:7878' };
    await sampleApp({ events: log }).request('/events', { method: 'HEAD', headers });
    expect(log.from).toEqual([]);
  });
});
