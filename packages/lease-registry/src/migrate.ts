import { noClaims } from './asset.js';
import type { RequestContent } from './command.js';
import type { RegistryEvent } from './event.js';
import type { Reply } from './reply.js';
import { type Snapshot, snapshotFormat } from './snapshot.js';

/** Field names of earlier snapshots and events, with their current names. */
const renamed: Readonly<Record<string, string>> = { patienceMs: 'waitTimeoutMs', mending: 'recovering' };

/**
 * A snapshot in the current format, whichever earlier version wrote it.
 * @throws Error if a later version wrote it.
 */
export function currentSnapshot(snapshot: Snapshot): Snapshot {
  const { format = 1, answers } = snapshot;
  if (format > snapshotFormat) {
    throw new Error(`The journal has format ${format}; this version reads up to ${snapshotFormat}.`);
  }
  if (format === snapshotFormat) return snapshot;
  const [old, young] = answers.map((half) => half.map(([id, answer]) => [id, upgraded(answer)] as const));
  return {
    ...snapshot,
    resources: snapshot.resources.map(upgraded),
    waiters: snapshot.waiters.map(upgraded),
    answers: [old!, young!],
  };
}

/** An event in the current format. */
export function currentEvent({ change, ...event }: RegistryEvent): RegistryEvent {
  if (change.type !== 'waiter-queued') return { ...event, change: upgraded(change) };
  return { ...event, change: { ...change, waiter: upgraded(change.waiter) } };
}

interface Upgradable {
  readonly request?: RequestContent;
  readonly reply?: Reply;
}

/** Early versions also compared how long repeated requests were ready to wait, and knew neither assets nor people. */
function upgraded<T extends object & Upgradable>(record: T): T {
  const entries = Object.entries(record).map(([name, value]) => [renamed[name] ?? name, value]);
  const { request, reply } = record;
  return {
    ...Object.fromEntries(entries),
    ...(request && { request: { ...request, waitMs: undefined } }),
    ...(reply && 'lease' in reply && !('claims' in reply.lease) && { reply: withoutPeople(reply) }),
  };
}

function withoutPeople<T extends { readonly lease: object }>(reply: T): T {
  return { ...reply, lease: { ...reply.lease, claims: noClaims, preparing: false, asks: [] } };
}
