import type { RequestContent } from './command.js';
import type { RegistryEvent } from './event.js';
import { type Snapshot, snapshotFormat } from './snapshot.js';

/** Names that fields of a snapshot or an event had in earlier formats, with their present ones. */
const renamed: Readonly<Record<string, string>> = { patienceMs: 'waitTimeoutMs', mending: 'recovering' };

/**
 * A snapshot in the present format, whatever earlier version wrote it. Throws when a later version did: its journal
 * cannot be read by this one.
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

/** An event in the present format. */
export function currentEvent({ change, ...event }: RegistryEvent): RegistryEvent {
  if (change.type !== 'waiter-queued') return { ...event, change: upgraded(change) };
  return { ...event, change: { ...change, waiter: upgraded(change.waiter) } };
}

/** Requests were once compared by how long they were ready to wait as well. */
function upgraded<T extends object & { readonly request?: RequestContent }>(record: T): T {
  const entries = Object.entries(record).map(([name, value]) => [renamed[name] ?? name, value]);
  const { request } = record;
  return { ...Object.fromEntries(entries), ...(request && { request: { ...request, waitMs: undefined } }) };
}
