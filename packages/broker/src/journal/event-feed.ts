import type { RegistryEvent } from '@escarp/lease-registry';

/** Hands events on to those who follow them. */
export interface EventFeed {
  publish(events: readonly RegistryEvent[]): void;
  /**
   * Every event published from this call on, until the signal is aborted or the follower falls too far behind. Every
   * follower must abort the signal in the end, even if it never reads.
   */
  follow(signal: AbortSignal): AsyncIterableIterator<RegistryEvent>;
}

/**
 * A follower that lets this many events pile up is dropped; it can continue from a revision. Followers share the
 * events, none of which is larger than a few kilobytes.
 */
const backlogMax = 10_000;

export function createEventFeed(): EventFeed {
  const followers = new Set<Follower>();
  return {
    publish: (events) => {
      for (const follower of followers) follower.deliver(events);
    },
    follow: (signal) => {
      const follower = new Follower((ended) => followers.delete(ended));
      followers.add(follower);
      if (signal.aborted) follower.end();
      else signal.addEventListener('abort', () => follower.end(), { once: true });
      return follower.read();
    },
  };
}

class Follower {
  private readonly onEnd: (ended: Follower) => void;
  private backlog: RegistryEvent[] = [];
  private wake: () => void = () => {};
  private ended = false;

  constructor(onEnd: (ended: Follower) => void) {
    this.onEnd = onEnd;
  }

  deliver(events: readonly RegistryEvent[]): void {
    // Looked at first: very many leases that expire at once have more events than a call can have arguments.
    if (this.backlog.length + events.length > backlogMax) return this.end();
    this.backlog.push(...events);
    this.wake();
  }

  /** Drops everything at once, because a follower that was dropped may never read again. */
  end(): void {
    this.ended = true;
    this.backlog = [];
    this.onEnd(this);
    this.wake();
  }

  async *read(): AsyncGenerator<RegistryEvent> {
    try {
      while (!this.ended) {
        const events = this.backlog;
        this.backlog = [];
        for (const event of events) {
          yield event;
          if (this.ended) return;
        }
        if (this.backlog.length > 0 || this.ended) continue;
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    } finally {
      this.end();
    }
  }
}
