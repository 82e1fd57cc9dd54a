/** Calls back after a period in which nothing was touched; never, if the period is 0. */
export interface IdleTimer {
  readonly touch: () => void;
  readonly stop: () => void;
}

/** If something is busy when the period is over, it is checked again one period later. */
export function idleTimer(idleMs: number, isBusy: () => boolean, callback: () => void): IdleTimer {
  if (idleMs <= 0) return { touch: () => {}, stop: () => {} };
  const timer = setTimeout(() => (isBusy() ? void timer.refresh() : callback()), idleMs);
  timer.unref();
  return { touch: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
