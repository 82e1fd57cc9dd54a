/** Calls back after a while in which nothing was touched; never, if the while is 0. */
export interface IdleTimer {
  readonly touch: () => void;
  readonly stop: () => void;
}

/** What is busy when the while is over is asked again a while later. */
export function idleTimer(idleMs: number, isBusy: () => boolean, callback: () => void): IdleTimer {
  if (idleMs <= 0) return { touch: () => {}, stop: () => {} };
  const timer = setTimeout(() => (isBusy() ? void timer.refresh() : callback()), idleMs);
  timer.unref();
  return { touch: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
