/** The daemon's sources of time, names and randomness. The process that starts it supplies the real ones. */
export interface Clocks {
  /** Milliseconds since the epoch. */
  readonly wallMs: () => number;
  /** Milliseconds on a clock that never goes back. */
  readonly monotonicMs: () => number;
  /** An id that was never returned before. */
  readonly newId: () => string;
  readonly randomBytes: (size: number) => Uint8Array;
}

const timeoutMaxMs = 2_147_483_647;

/**
 * Calls back at a monotonic time. A delay that is too long for a timer is cut short, and the early call does no harm.
 */
export function wakeAt(clocks: Clocks, atMonotonicMs: number, callback: () => void): () => void {
  const delayMs = Math.max(0, Math.ceil(atMonotonicMs - clocks.monotonicMs()));
  const timer = setTimeout(callback, Math.min(delayMs, timeoutMaxMs));
  return () => clearTimeout(timer);
}
