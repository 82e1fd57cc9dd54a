import { defaultLimits, emptyState, snapshotOf, step } from '@escarp/lease-registry';
import type { Command, OwnedState, Reply } from '@escarp/lease-registry';
import { expect, it } from 'vitest';
import { encodeRecord } from '../../src/journal/record.js';
import { SnapshotAssembly, snapshotParts } from '../../src/journal/snapshot-parts.js';

/** Leases, each with as many answered questions as are kept, and every text at its maximum length. */
function talkative(leases: number): OwnedState {
  const state = emptyState(defaultLimits);
  const run = (command: Command): Reply => step(state, command, { monotonicMs: 1, wallMs: 1 }).reply;
  const text = 'x'.repeat(defaultLimits.askBytes / 2 - 50);
  for (const key of Array.from({ length: leases }, (_, at) => `slot-${at}`)) {
    run({ type: 'added', key, labels: {} });
    run({ type: 'ready', key, fence: state.resources.get(key)?.fence ?? 0 });
    const ids = {
      requestId: `request of ${key}`,
      leaseId: `lease of ${key}`,
      tokenDigest: `token of ${key}`,
    };
    run({ type: 'acquire', ...ids, scope: { holder: key }, selector: { key }, waitMs: 0 });
    for (let asked = 0; asked < defaultLimits.asksMax; asked++) {
      const { tokenDigest } = ids;
      const reply = run({ type: 'ask', tokenDigest, reason: text, instructions: text });
      if (reply.type !== 'asked') throw new Error(reply.type);
      run({ type: 'answer', key, fence: reply.fence, id: reply.id, outcome: 'done', note: text + text });
    }
  }
  return state;
}

it('a snapshot of leases with everything that may be kept with them is written in readable records', () => {
  const snapshot = snapshotOf(talkative(32));
  expect(snapshot.leases.every(({ asks }) => asks?.length === defaultLimits.asksMax)).toBe(true);
  const assembly = new SnapshotAssembly();
  for (const part of snapshotParts(snapshot)) {
    encodeRecord(part);
    assembly.add(part);
  }
  expect(JSON.stringify(assembly.value)).toBe(JSON.stringify(snapshot));
});
