/** Memory of each slot as last measured: measuring takes milliseconds a process, so nobody waits for it. */
export interface MemorySamples {
  get(slot: number): number | undefined;
  /** Measures in the background what was not measured lately. */
  refresh(slots: Iterable<number>): void;
}

const freshMs = 5_000;

export function createMemorySamples(
  measure: (slot: number) => Promise<number | undefined>,
  monotonicMs: () => number,
): MemorySamples {
  const samples = new Map<number, { bytes: number | undefined; at: number }>();
  const sample = async (slot: number): Promise<void> => {
    const before = samples.get(slot);
    samples.set(slot, { bytes: before?.bytes, at: monotonicMs() });
    const bytes = await measure(slot).catch(() => undefined);
    samples.set(slot, { bytes, at: monotonicMs() });
  };
  return {
    get: (slot) => samples.get(slot)?.bytes,
    refresh: (slots) => {
      for (const slot of slots) {
        if (monotonicMs() - (samples.get(slot)?.at ?? -Infinity) >= freshMs) void sample(slot);
      }
    },
  };
}
