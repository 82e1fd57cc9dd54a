/**
 * One reading of both clocks, taken before a step. Every decision compares `monotonicMs`. `wallMs` is only copied into
 * records and events for display, so a wall clock that jumps changes only what people read.
 */
export interface Instant {
  /** Milliseconds on a clock that never goes back, with an arbitrary origin. */
  readonly monotonicMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly wallMs: number;
}

/** When something ends that lasts `ms` from now: on the clock that decides, and on the one that is shown. */
export function lasting(
  ms: number,
  { monotonicMs, wallMs }: Instant,
): { deadlineMs: number; expiresAt: number } {
  return { deadlineMs: monotonicMs + ms, expiresAt: wallMs + ms };
}
