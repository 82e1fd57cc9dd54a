/**
 * One reading of both clocks, taken by the driver at the edge of a step.
 *
 * Every decision compares `monotonicMs`. `wallMs` is only ever copied into records and events for display,
 * so a wall clock that jumps changes what people read and nothing else.
 */
export interface Instant {
  /** Milliseconds on a clock that never goes back; its origin means nothing. */
  readonly monotonicMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly wallMs: number;
}
