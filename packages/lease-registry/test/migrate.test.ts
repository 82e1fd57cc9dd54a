import { describe, expect, it } from 'vitest';
import type { RegistryEvent, Snapshot } from '../src/index.js';
import { recover, snapshotOf } from '../src/index.js';
import { outcomeOf, Stage } from './stage.js';

/** What the second format did not have. */
const since = new Set(['claims', 'preparing', 'asks', 'assets']);

/** What an earlier version wrote, which named two fields otherwise and knew neither formats nor assets nor people. */
function inFirstFormat<T>(value: T): T {
  const text = JSON.stringify(value, (name, inner: unknown) => (since.has(name) ? undefined : inner));
  const renamed = text.replaceAll('"waitTimeoutMs"', '"patienceMs"').replaceAll('"recovering"', '"mending"');
  return JSON.parse(renamed.replace('"format":3,', '')) as T;
}

function lively(): Stage {
  const stage = new Stage().free('a', 'b');
  stage.hold('ann');
  stage.hold('ben');
  stage.lose('a');
  stage.wait('cat', { waitMs: 8_000 });
  return stage;
}

function recovered(stage: Stage, snapshot: Snapshot | undefined, events: readonly RegistryEvent[]): Stage {
  const next = new Stage();
  next.made = 100;
  next.state = recover(stage.state.limits, snapshot, events, stage.now);
  return next;
}

describe('a journal of an earlier format', () => {
  it('is recovered from its events', () => {
    const stage = lively();
    const next = recovered(stage, undefined, inFirstFormat(stage.events));
    expect(next.resource('a').recovering).toBe(true);
    expect([...next.state.waiters.values()]).toMatchObject([{ waitTimeoutMs: 8_000, deadlineMs: 9_000 }]);
    expect(snapshotOf(next.state)).toEqual(snapshotOf(stage.state));
  });

  it('gives an offer the usual TTL where the snapshot does not tell its own', () => {
    const stage = new Stage().free('a');
    stage.offer(stage.hold('ann', { ttlMs: 90_000 }), 'ben', { ttlMs: 4_000 });
    const { offers, ...rest } = snapshotOf(stage.state);
    const { key, offer } = offers[0]!;
    const { ttlMs: _, ...earlier } = offer;
    const next = recovered(stage, { ...rest, offers: [{ key, offer: earlier }] }, []);
    expect(next.state.leases.get('a')?.offer?.deadlineMs).toBe(next.monotonicMs + 60_000);
  });

  it('is recovered from its snapshot', () => {
    const stage = lively();
    const next = recovered(stage, inFirstFormat(snapshotOf(stage.state)), []);
    expect(snapshotOf(next.state)).toEqual(snapshotOf(stage.state));
    next.pass(8_000).run({ type: 'tick' });
    expect(next.settled.map((line) => line.split(' ')[1])).toEqual(['wait_timeout']);
    expect(outcomeOf(next.ready('a'))).toBe('done');
  });
});

describe('a journal of a later format', () => {
  it('is refused', () => {
    const stage = lively();
    const snapshot = { ...snapshotOf(stage.state), format: 4 };
    expect(() => recovered(stage, snapshot, [])).toThrow('format 4');
  });
});
