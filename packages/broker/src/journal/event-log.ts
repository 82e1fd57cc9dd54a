import type { EventLog, LoggedEvent } from '@escarp/transport';
import { firstAborted } from '@escarp/contract';
import type { Broker } from '../broker.js';
import { publicEvent } from './public-event.js';

/** The journal as a stream: the events it still has from a revision on, then new ones, with no gap in between. */
export function eventLog(broker: Broker): EventLog {
  return {
    subscribe: (from, signal) => {
      // The first event has revision 1, so 0 asks for everything.
      const first = from === undefined ? undefined : Math.max(1, from);
      const oldestRevision = broker.journal.oldestRevision();
      if (first !== undefined && first < oldestRevision) return { oldestRevision };
      return follow(broker, first, signal);
    },
  };
}

async function* follow(
  { feed, journal, stopping }: Broker,
  from: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<LoggedEvent> {
  const over = new AbortController();
  // Followed from before the journal is read, so that no event is lost in between.
  const live = feed.follow(firstAborted([signal, stopping], over.signal));
  try {
    let last = from === undefined ? 0 : from - 1;
    const recorded = from === undefined ? [] : journal.read(from);
    // It was dropped after it was asked for. The client asks again, and is then told so.
    if (recorded === undefined) return;
    for await (const event of recorded) {
      yield publicEvent(event);
      last = event.revision;
    }
    for await (const event of live) {
      if (event.revision <= last) continue;
      // What is missing was dropped while it was read, and the client is told so when it asks again.
      if (from !== undefined && event.revision > last + 1) return;
      yield publicEvent(event);
      last = event.revision;
    }
  } finally {
    over.abort();
  }
}
