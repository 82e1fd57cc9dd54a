/** A pause that somebody else can cut short. */
export class CancellableDelay {
  #wake: () => void = () => {};

  /** Lasts `ms`, or until it is cancelled if no time is given. Only one wait at a time. */
  async wait(ms?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  cancel(): void {
    this.#wake();
  }
}

/**
 * Milliseconds until the next multiple of `everyMs` that is not too close. All delays of this kind end at the same
 * moment: waking a sleeping process costs more than the little that each of them does then.
 */
export function toCommonTick(monotonicMs: number, everyMs: number): number {
  const toNextMs = everyMs - (monotonicMs % everyMs);
  return toNextMs < everyMs / 4 ? toNextMs + everyMs : toNextMs;
}
