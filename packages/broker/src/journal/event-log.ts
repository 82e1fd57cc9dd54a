import type { Change, RegistryEvent } from '@escarp/lease-registry';
import type { EventLog, LoggedEvent } from '@escarp/transport';
import type { Broker } from '../broker.js';

/** The journal as a stream: what it still holds from a revision on, then what comes, with nothing between missing. */
export function eventLog(broker: Broker): EventLog {
  return {
    subscribe: (from, signal) => {
      const oldestRevision = broker.journal.oldestRevision();
      if (from !== undefined && from < oldestRevision) return { oldestRevision };
      return follow(broker, from, signal);
    },
  };
}

async function* follow(
  { feed, journal, stopping }: Broker,
  from: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<LoggedEvent> {
  // Followed from before the journal is read, so that nothing falls in between.
  const live = feed.follow(AbortSignal.any([signal, stopping]));
  let last = from === undefined ? 0 : from - 1;
  const recorded = from === undefined ? [] : await journal.read(from);
  // Gone since it was asked for. The client comes back, and is then told so.
  if (recorded === undefined) return;
  for (const event of recorded) {
    yield publicEvent(event);
    last = event.revision;
  }
  for await (const event of live) if (event.revision > last) yield publicEvent(event);
}

/**
 * What everyone may know of an event. Request ids are left out because whoever repeats a request gets its answer,
 * token and all; digests and lease ids because they are nobody else's business.
 */
export function publicEvent({ revision, at, change }: RegistryEvent): LoggedEvent {
  return { revision, at: at / 1_000, event: withoutSecrets(change) };
}

const secretNames = new Set(['id', 'leaseId', 'tokenDigest', 'codeDigest', 'requestId', 'request', 'reply']);

function withoutSecrets(change: Change): object {
  const kept = Object.entries(change).filter(([name]) => !secretNames.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, isParty(name) ? cleaned(value) : value]));
}

/** The parts of an event that describe a holder. */
function isParty(name: string): boolean {
  return name === 'lease' || name === 'waiter' || name === 'offer';
}

function cleaned(party: unknown): unknown {
  if (typeof party !== 'object' || party === null) return party;
  return Object.fromEntries(Object.entries(party).filter(([name]) => !secretNames.has(name)));
}
