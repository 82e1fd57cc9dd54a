import { FakeClock } from '@escarp/test-support';
import { expect, it } from 'vitest';
import { defaultLimits, emptyState, Registry, step } from '../src/index.js';

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

function crowdedState(clock: FakeClock) {
  const state = emptyState(defaultLimits);
  const now = clock.read();
  for (let at = 0; at < count; at += 1) {
    const key = `slot-${at}`;
    step(state, { type: 'added', key }, now);
    step(state, { type: 'ready', key, fence: state.fence }, now);
    const ids = { requestId: `request-${at}`, leaseId: `lease-${at}`, tokenDigest: `digest-${at}` };
    step(state, { type: 'acquire', ...ids, scope: { holder: 'agent' }, selector: { key }, waitMs: 0 }, now);
  }
  return state;
}
