import type { RequestContent } from './command.js';
import type { RegistryEvent } from './event.js';
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

/** Early versions also compared how long repeated requests were ready to wait. */
function upgraded<T extends object & { readonly request?: RequestContent }>(record: T): T {
  const entries = Object.entries(record).map(([name, value]) => [renamed[name] ?? name, value]);
  const { request } = record;
  return { ...Object.fromEntries(entries), ...(request && { request: { ...request, waitMs: undefined } }) };
}
