import { describe, expect, it } from 'vitest';
import { MemorySample } from '../../src/slots/memory-sample.js';

/** A slot whose browser and memory are set by the test, and which counts how often it is measured. */
function startSlot() {
  const slot = { pid: 1, bytes: 100, nowMs: 0, measured: 0 };
  const sample = new MemorySample({
    measure: async () => {
      slot.measured += 1;
      return slot.bytes;
    },
    pid: () => slot.pid,
    monotonicMs: () => slot.nowMs,
  });
  return { slot, sample };
}

describe('the memory of a slot', () => {
  it('is known once somebody has asked for it', async () => {
    const { sample } = startSlot();
    expect(sample.bytes).toBeUndefined();
    await sample.refresh();
    expect(sample.bytes).toBe(100);
  });

  it('is measured again after a while, without anyone waiting for it', async () => {
    const { slot, sample } = startSlot();
    await sample.refresh();
    slot.bytes = 200;
    await sample.refresh();
    expect(slot.measured).toBe(1);
    slot.nowMs = 5_000;
    const again = sample.refresh();
    expect(sample.bytes).toBe(100);
    await again;
    await sample.refresh();
    expect(sample.bytes).toBe(200);
    expect(slot.measured).toBe(2);
  });

  it('is never that of the previous browser', async () => {
    const { slot, sample } = startSlot();
    await sample.refresh();
    slot.pid = 2;
    slot.bytes = 300;
    expect(sample.bytes).toBeUndefined();
    await sample.refresh();
    expect(sample.bytes).toBe(300);
  });
});
