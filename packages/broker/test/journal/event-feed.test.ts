import type { RegistryEvent } from '@escarp/lease-registry';
import { describe, expect, it } from 'vitest';
import { createEventFeed } from '../../src/journal/event-feed.js';
import { untilEvent } from '../../src/journal/until-event.js';

const event = (revision: number): RegistryEvent => ({
  revision,
  at: 0,
  change: { type: 'resource-free', key: 'slot-0' },
});
const manyEvents = (count: number) => Array.from({ length: count }, (_, at) => event(at + 1));

describe('the event feed', () => {
  it('gives a follower everything published since it began to follow, even if it reads later', async () => {
    const feed = createEventFeed();
    const gone = new AbortController();
    const events = feed.follow(gone.signal);
    feed.publish([event(1), event(2)]);
    expect((await events.next()).value).toEqual(event(1));
    feed.publish([event(3)]);
    expect((await events.next()).value).toEqual(event(2));
    expect((await events.next()).value).toEqual(event(3));
    gone.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('wakes a waiting follower, also when it is told to stop', async () => {
    const feed = createEventFeed();
    const gone = new AbortController();
    const events = feed.follow(gone.signal);
    const next = events.next();
    feed.publish([event(1)]);
    expect((await next).value).toEqual(event(1));
    const end = events.next();
    gone.abort();
    expect((await end).done).toBe(true);
  });

  it('takes more events at once than a call can have arguments, and drops who cannot follow', async () => {
    const feed = createEventFeed();
    const slow = feed.follow(new AbortController().signal);
    feed.publish(manyEvents(200_000));
    expect((await slow.next()).done).toBe(true);
  });

  it('drops a follower that falls too far behind and goes on for the others', async () => {
    const feed = createEventFeed();
    const { signal } = new AbortController();
    const slow = feed.follow(signal);
    const first = slow.next();
    feed.publish([event(1)]);
    await first;
    feed.publish(manyEvents(10_001));
    expect((await slow.next()).done).toBe(true);
    const quick = feed.follow(signal);
    feed.publish([event(1)]);
    expect((await quick.next()).value).toEqual(event(1));
  });

  it('keeps nothing for a follower that left without reading', async () => {
    const feed = createEventFeed();
    const gone = new AbortController();
    const left = feed.follow(gone.signal);
    const pushed: RegistryEvent[] = manyEvents(3);
    gone.abort();
    feed.publish(pushed);
    expect((await left.next()).done).toBe(true);
    expect((await feed.follow(AbortSignal.abort()).next()).done).toBe(true);
  });

  it('passes nothing to those whose wait is over', async () => {
    const feed = createEventFeed();
    await untilEvent(feed, [new AbortController().signal], () => true);
    const gone = new AbortController();
    void feed.follow(gone.signal);
    gone.abort();
    let readings = 0;
    const events = [event(1)];
    Object.defineProperty(events, Symbol.iterator, { value: () => (readings++, [][Symbol.iterator]()) });
    feed.publish(events);
    expect(readings).toBe(0);
    void feed.follow(new AbortController().signal);
    feed.publish(events);
    expect(readings).toBe(1);
  });

  it('ends a wait at the first event that satisfies it, or when its caller leaves', async () => {
    const feed = createEventFeed();
    const seen: unknown[] = [];
    const waited = untilEvent(feed, [new AbortController().signal], (next) => {
      seen.push(next?.revision);
      return next?.revision === 2;
    });
    feed.publish([event(1), event(2), event(3)]);
    await waited;
    expect(seen).toEqual([undefined, 1, 2]);
    const gone = new AbortController();
    const abandoned = untilEvent(feed, [gone.signal], () => false);
    gone.abort();
    await abandoned;
  });
});
