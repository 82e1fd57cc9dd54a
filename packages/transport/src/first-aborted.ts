/**
 * Aborted with the first of these signals, and with `over`, by which the caller says that it needs this no longer.
 * `AbortSignal.any` leaves something behind in every signal that it is given for as long as that one lives (Node 20),
 * which for a signal of the daemon's own is for ever.
 */
export function firstAborted(signals: readonly AbortSignal[], over: AbortSignal): AbortSignal {
  const first = new AbortController();
  const sources = [...signals, over];
  const abort = () => {
    for (const source of sources) source.removeEventListener('abort', abort);
    // A reason that nobody reads: making one records where it was made.
    first.abort(null);
  };
  for (const source of sources) source.addEventListener('abort', abort);
  if (sources.some(({ aborted }) => aborted)) abort();
  return first.signal;
}
