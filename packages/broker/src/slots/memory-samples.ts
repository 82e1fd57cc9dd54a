/** Memory of each slot as last measured. Measuring takes milliseconds a process, so nobody waits for it twice. */
export interface MemorySamples {
  /** Of the browser that the slot has now. */
  get(slot: number): number | undefined;
  /** Measures what was not measured lately, and resolves when every browser has been measured once. */
  refresh(slots: Iterable<number>): Promise<void>;
}

interface MemoryPorts {
  readonly measure: (slot: number) => Promise<number | undefined>;
  /** Of the browser that the slot has now. */
  readonly pid: (slot: number) => number | undefined;
  readonly monotonicMs: () => number;
}

interface Sample {
  readonly pid: number | undefined;
  readonly at: number;
  readonly measured: Promise<void>;
  bytes: number | undefined;
}

const freshMs = 5_000;

export function createMemorySamples({ measure, pid, monotonicMs }: MemoryPorts): MemorySamples {
  const samples = new Map<number, Sample>();
  const current = (slot: number): Sample | undefined => {
    const sample = samples.get(slot);
    return sample?.pid === pid(slot) ? sample : undefined;
  };
  const begin = (slot: number, before: Sample | undefined): Promise<void> => {
    const measured = measure(slot)
      .catch(() => undefined)
      .then((bytes) => void (sample.bytes = bytes));
    const sample: Sample = { pid: pid(slot), at: monotonicMs(), measured, bytes: before?.bytes };
    samples.set(slot, sample);
    return before === undefined ? measured : before.measured;
  };
  const refreshOne = async (slot: number): Promise<void> => {
    const sample = current(slot);
    const isFresh = sample !== undefined && monotonicMs() - sample.at < freshMs;
    await (isFresh ? sample.measured : begin(slot, sample));
  };
  return {
    get: (slot) => current(slot)?.bytes,
    refresh: async (slots) => void (await Promise.all(Array.from(slots, refreshOne))),
  };
}
