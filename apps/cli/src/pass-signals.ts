import type { RunningProcess } from '@escarp/child-process';

/** Signals by which people and supervisors ask a program for something. */
const passed = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
/**
 * A terminal sends these to the whole group, including the command, and to many programs a second one means something
 * else.
 */
const fromTerminal: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

export interface PassOptions {
  readonly ignoresHangups: boolean;
  /** Called before a signal is passed on, while what may end by it can still be seen. */
  readonly beforeEach: () => void;
}

/** Passes on the signals that this process receives. Returns a function that stops it. */
export function passSignals(
  command: Pick<RunningProcess, 'kill'>,
  { ignoresHangups, beforeEach }: PassOptions,
): () => void {
  const pass = (signal: NodeJS.Signals): void => {
    if (fromTerminal.has(signal) && process.stdin.isTTY) return;
    if (signal === 'SIGHUP' && ignoresHangups) return;
    beforeEach();
    command.kill(signal);
  };
  for (const signal of passed) process.on(signal, pass);
  return () => passed.forEach((signal) => process.off(signal, pass));
}
