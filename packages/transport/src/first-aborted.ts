/**
 * Aborted with the first of these signals, and with `over`, by which the caller says that it no longer needs this.
 * `AbortSignal.any` leaves something behind in every signal that it is given for as long as that signal lives (Node
 * 20), which is for ever if the signal is the daemon's own.
 */
export function firstAborted(signals: readonly AbortSignal[], over: AbortSignal): AbortSignal {
  const first = new AbortController();
  const sources = [...signals, over];
  const abort = () => {
    for (const source of sources) source.removeEventListener('abort', abort);
    // A reason that nobody reads, because creating one records a stack trace.
    first.abort(null);
  };
  for (const source of sources) source.addEventListener('abort', abort);
  if (sources.some(({ aborted }) => aborted)) abort();
  return first.signal;
}
