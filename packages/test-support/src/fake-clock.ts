interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

/** Both clocks and the timers of a machine that a test puts to sleep and wakes. */
export class FakeClock {
  monotonicMs = 1_000;
  wallMs = 1_700_000_000_000;
  private readonly alarms = new Set<Alarm>();

  /** For a port that reads both clocks. */
  readonly read = (): { monotonicMs: number; wallMs: number } => {
    return { monotonicMs: this.monotonicMs, wallMs: this.wallMs };
  };

  /** For a port that sets a timer; returns how to call it off. */
  readonly wake = (at: number, callback: () => void): (() => void) => {
    const alarm = { at, callback };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  };

  /** When the timers that are set go off, earliest first. */
  get alarmsAt(): number[] {
    return [...this.alarms].map(({ at }) => at).toSorted((a, b) => a - b);
  }

  /** Lets time pass with every timer going off at its moment; between two of them, what they started goes on. */
  async pass(ms: number): Promise<void> {
    const end = this.monotonicMs + ms;
    for (let next = this.first(end); next !== undefined; next = this.first(end)) {
      this.jump(Math.max(0, next.at - this.monotonicMs));
      this.ring(next);
      await settled();
    }
    this.jump(end - this.monotonicMs);
    await settled();
  }

  /** Lets time pass while the machine sleeps or the loop stalls: what was due goes off late, at the end. */
  async sleep(ms: number): Promise<void> {
    this.jump(ms);
    const due = this.alarmsAt.filter((at) => at <= this.monotonicMs).length;
    for (let count = 0; count < due; count++) {
      const alarm = this.first(this.monotonicMs);
      if (alarm !== undefined) this.ring(alarm);
    }
    await settled();
  }

  /** Lets time pass with nobody looking: no timer has gone off yet. */
  jump(ms: number): void {
    this.monotonicMs += ms;
    this.wallMs += ms;
  }

  private first(until: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.alarms) {
      if (alarm.at <= until && (first === undefined || alarm.at < first.at)) first = alarm;
    }
    return first;
  }

  private ring(alarm: Alarm): void {
    this.alarms.delete(alarm);
    alarm.callback();
  }
}

/** Resolves when promises that are resolved already have run their course. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
