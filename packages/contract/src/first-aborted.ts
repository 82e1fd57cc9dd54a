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
    for (const source of sources) stopTelling(source, abort);
    first.abort(sources.find(({ aborted }) => aborted)?.reason);
  };
  for (const source of sources) tellWhenAborted(source, abort);
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

/**
 * Everybody who waits for one signal, as a single listener of it: Node takes more than ten for a leak, and warns. A signal of
 * the daemon's own may have one for each slot.
 */
class Told extends Set<() => void> {
  handleEvent(): void {
    for (const tell of this) tell();
  }
}

const toldOf = new WeakMap<AbortSignal, Told>();

function tellWhenAborted(source: AbortSignal, tell: () => void): void {
  const told = toldOf.get(source) ?? new Told();
  if (told.size === 0) source.addEventListener('abort', told);
  toldOf.set(source, told.add(tell));
}

function stopTelling(source: AbortSignal, tell: () => void): void {
  const told = toldOf.get(source);
  if (told?.delete(tell) !== true || told.size > 0) return;
  source.removeEventListener('abort', told);
}
