/** Calls back after a while in which nothing was touched; never, if the while is 0. */
export interface IdleTimer {
  readonly touch: () => void;
  readonly stop: () => void;
}

export function idleTimer(idleMs: number, callback: () => void): IdleTimer {
  if (idleMs <= 0) return { touch: () => {}, stop: () => {} };
  const timer = setTimeout(callback, idleMs);
  timer.unref();
  return { touch: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
