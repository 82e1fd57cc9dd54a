import { FakeClock } from '@escarp/test-support';
import { expect, it } from 'vitest';
import { defaultLimits, recover, Registry } from '../src/index.js';
import { snapshotOf } from '../src/snapshot.js';
import { Stage } from './stage.js';

// More than a call can have arguments, and so many that work which grows with their square would not end.
const count = 200_000;

it('ends very many leases that expire together, and has the slot of each reset', async () => {
  const clock = new FakeClock();
  const ended = new Set<string>();
  const reset = new Set<string>();
  const registry = new Registry(crowdedState(clock), {
    clock: clock.read,
    wake: () => () => {},
    append: async (events) => {
      for (const { change } of events) if (change.type === 'lease-ended') ended.add(change.key);
    },
    effects: { start: () => {}, reset: ({ key }) => void reset.add(key), dispose: () => {} },
  });
  expect(registry.state.leases.size).toBe(count);
  clock.jump(defaultLimits.ttlMs);
  await registry.submit({ type: 'tick' });
  expect(registry.state.leases.size).toBe(0);
  expect(ended.size).toBe(count);
  expect(reset.size).toBe(count);
});

/** As after a restart: every lease has its full TTL. */
function crowdedState(clock: FakeClock) {
  const stage = new Stage().free('slot');
  stage.hold('agent');
  const snapshot = snapshotOf(stage.state);
  const [[resource], [lease]] = [snapshot.resources, snapshot.leases];
  if (resource === undefined || lease === undefined) throw new Error('There is no lease.');
  const each = Array.from({ length: count }, (_, at) => ({ key: `slot-${at}`, order: at, fence: at + 1 }));
  const crowded = {
    ...snapshot,
    fence: count,
    resources: each.map((one) => ({ ...resource, ...one })),
    leases: each.map(({ key, fence }) => ({ ...lease, key, fence, id: key, tokenDigest: key })),
  };
  return recover(defaultLimits, crowded, [], clock.read());
}
