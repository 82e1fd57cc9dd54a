const firstMs = 500;
const longestMs = 10_000;

/** Waits between attempts to connect: longer each time, and spread so that many pages do not come at once. */
export class Backoff {
  #nextMs = firstMs;
  #timer: ReturnType<typeof setTimeout> | undefined;

  schedule(attempt: () => void): void {
    this.cancel();
    this.#timer = setTimeout(attempt, this.#nextMs * (0.75 + Math.random() / 2));
    this.#nextMs = Math.min(this.#nextMs * 2, longestMs);
  }

  /** After success the next failure is retried soon. */
  reset(): void {
    this.#nextMs = firstMs;
    this.cancel();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
