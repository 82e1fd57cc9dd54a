import { describe, expect, it } from 'vitest';
import { createMemorySamples } from '../../src/slots/memory-samples.js';

/** A slot whose browser and whose memory a test sets, and which counts how often it is measured. */
function startSlot() {
  const slot = { pid: 1, bytes: 100, nowMs: 0, measured: 0 };
  const samples = createMemorySamples({
    measure: async () => {
      slot.measured += 1;
      return slot.bytes;
    },
    pid: () => slot.pid,
    monotonicMs: () => slot.nowMs,
  });
  return { slot, samples };
}

describe('the memory of a slot', () => {
  it('is known when somebody has asked for it once', async () => {
    const { samples } = startSlot();
    expect(samples.get(0)).toBeUndefined();
    await samples.refresh([0]);
    expect(samples.get(0)).toBe(100);
  });

  it('is measured anew after a while, and nobody waits for that', async () => {
    const { slot, samples } = startSlot();
    await samples.refresh([0]);
    slot.bytes = 200;
    await samples.refresh([0]);
    expect(slot.measured).toBe(1);
    slot.nowMs = 5_000;
    const again = samples.refresh([0]);
    expect(samples.get(0)).toBe(100);
    await again;
    await samples.refresh([0]);
    expect(samples.get(0)).toBe(200);
    expect(slot.measured).toBe(2);
  });

  it('is never that of the browser before', async () => {
    const { slot, samples } = startSlot();
    await samples.refresh([0]);
    slot.pid = 2;
    slot.bytes = 300;
    expect(samples.get(0)).toBeUndefined();
    await samples.refresh([0]);
    expect(samples.get(0)).toBe(300);
  });
});
