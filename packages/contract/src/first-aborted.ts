/**
 * Aborted with the first of these signals, and with `over`, by which the caller says that it no longer needs this.
 * `AbortSignal.any` will not do on Node 20. It leaves something behind in every signal that it is given for as long as
 * that signal lives, which is for ever if the signal is the daemon's own. And what it returns never aborts if its source
 * is an `AbortSignal.timeout` that nothing else refers to, and the garbage collector runs before the time is up.
 */
export function firstAborted(signals: readonly AbortSignal[], over: AbortSignal): AbortSignal {
  const first = new AbortController();
  const sources = [...signals, over];
  const abort = () => {
    for (const source of sources) source.removeEventListener('abort', abort);
    first.abort(sources.find(({ aborted }) => aborted)?.reason);
  };
  for (const source of sources) source.addEventListener('abort', abort);
  if (sources.some(({ aborted }) => aborted)) abort();
  return first.signal;
}

/**
 * Calls `work` with a signal that is aborted together with `given`, and after `timeoutMs` milliseconds. Nothing of it
 * stays behind when the work has settled, with whose result or error the promise settles.
 */
export async function withTimeLimit<Result>(
  timeoutMs: number,
  given: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), timeoutMs);
  try {
    return await work(firstAborted([given], over.signal));
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
