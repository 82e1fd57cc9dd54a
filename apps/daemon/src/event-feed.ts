import type { RegistryEvent } from '@escarp/lease-registry';

/** Hands events on to those who follow along. */
export interface EventFeed {
  publish(events: readonly RegistryEvent[]): void;
  /** New events as they are published, until the signal is aborted or the follower falls too far behind. */
  follow(signal: AbortSignal): AsyncIterable<RegistryEvent>;
}

/** A follower that lets this many events pile up is dropped; it can come back by revision. */
const backlogMax = 10_000;

interface Follower {
  readonly backlog: RegistryEvent[];
  wake: () => void;
  ended: boolean;
}

export function createEventFeed(): EventFeed {
  const followers = new Set<Follower>();
  return {
    publish: (events) => {
      for (const follower of followers) deliver(follower, events);
    },
    follow: (signal) => {
      const follower: Follower = { backlog: [], wake: () => {}, ended: signal.aborted };
      followers.add(follower);
      const end = (): void => endFollower(follower);
      signal.addEventListener('abort', end, { once: true });
      return drain(follower, () => {
        signal.removeEventListener('abort', end);
        followers.delete(follower);
      });
    },
  };
}

function deliver(follower: Follower, events: readonly RegistryEvent[]): void {
  follower.backlog.push(...events);
  if (follower.backlog.length > backlogMax) endFollower(follower);
  follower.wake();
}

function endFollower(follower: Follower): void {
  follower.ended = true;
  follower.wake();
}

async function* drain(follower: Follower, done: () => void): AsyncGenerator<RegistryEvent> {
  try {
    while (!follower.ended) {
      yield* follower.backlog.splice(0);
      if (follower.backlog.length > 0 || follower.ended) continue;
      await new Promise<void>((resolve) => (follower.wake = resolve));
    }
  } finally {
    done();
  }
}
