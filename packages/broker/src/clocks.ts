/** The daemon's sources of time, names and randomness. The process that starts it supplies the real ones. */
export interface Clocks {
  /** Milliseconds since the epoch. */
  readonly wallMs: () => number;
  /** Milliseconds on a clock that never goes back. */
  readonly monotonicMs: () => number;
  /** A name nobody has had before. */
  readonly newId: () => string;
  readonly randomBytes: (size: number) => Uint8Array;
}

const timeoutMaxMs = 2_147_483_647;

/** Calls back at a monotonic time; a wait longer than a timer can be is cut, and the early call does no harm. */
export function wakeAt(clocks: Clocks, atMonotonicMs: number, callback: () => void): () => void {
  const delayMs = Math.max(0, Math.ceil(atMonotonicMs - clocks.monotonicMs()));
  const timer = setTimeout(callback, Math.min(delayMs, timeoutMaxMs));
  return () => clearTimeout(timer);
}
