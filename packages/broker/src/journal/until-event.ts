import type { RegistryEvent } from '@escarp/lease-registry';
import { firstAborted } from '@escarp/contract';
import type { EventFeed } from './event-feed.js';

/** Waits for an event that satisfies the caller, who first checks whether waiting is needed at all, or for a signal. */
export async function untilEvent(
  feed: EventFeed,
  signals: readonly AbortSignal[],
  satisfied: (event: RegistryEvent | undefined) => boolean,
): Promise<void> {
  const ended = new AbortController();
  const events = feed.follow(firstAborted(signals, ended.signal));
  try {
    if (satisfied(undefined)) return;
    for await (const event of events) if (satisfied(event)) return;
  } finally {
    ended.abort(null);
  }
}
