/** A pause that others can cut short. */
export class Nap {
  #wake: () => void = () => {};

  /** Lasts `ms`, or until it is cut short when no time is given. */
  async take(ms?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  cut(): void {
    this.#wake();
  }
}

/**
 * How long it is to a whole multiple of `everyMs`, the next that is not too near. Who naps that long wakes together with
 * all others that do: a process that slept costs more to wake than what it then does.
 */
export function toCommonTick(monotonicMs: number, everyMs: number): number {
  const toNextMs = everyMs - (monotonicMs % everyMs);
  return toNextMs < everyMs / 4 ? toNextMs + everyMs : toNextMs;
}
