interface MemoryPorts {
  readonly measure: () => Promise<number | undefined>;
  /** Of the slot's current browser. */
  readonly pid: () => number | undefined;
  readonly monotonicMs: () => number;
}

interface Sample {
  readonly pid: number | undefined;
  readonly at: number;
  readonly measured: Promise<void>;
  bytes: number | undefined;
}

const freshMs = 5_000;

/** A slot's memory as last measured. Measuring takes milliseconds for each process, so nobody waits for it twice. */
export class MemorySample {
  private readonly ports: MemoryPorts;
  private last: Sample | undefined;

  constructor(ports: MemoryPorts) {
    this.ports = ports;
  }

  /** Of the slot's current browser, in bytes. */
  get bytes(): number | undefined {
    return this.current()?.bytes;
  }

  /** Measures unless it was measured recently, and resolves when this browser has been measured once. */
  async refresh(): Promise<void> {
    const sample = this.current();
    const isFresh = sample !== undefined && this.ports.monotonicMs() - sample.at < freshMs;
    await (isFresh ? sample.measured : this.begin(sample));
  }

  private current(): Sample | undefined {
    return this.last?.pid === this.ports.pid() ? this.last : undefined;
  }

  private begin(before: Sample | undefined): Promise<void> {
    const { measure, pid, monotonicMs } = this.ports;
    const measured = measure()
      .catch(() => undefined)
      .then((bytes) => void (sample.bytes = bytes));
    const sample: Sample = { pid: pid(), at: monotonicMs(), measured, bytes: before?.bytes };
    this.last = sample;
    return before === undefined ? measured : before.measured;
  }
}
