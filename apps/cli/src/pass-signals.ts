import type { RunningProcess } from '@escarp/child-process';

/** Those by which people and supervisors ask a program for something. */
const passed = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
/** A terminal sends these to the whole group, the command included, and twice means something else to many programs. */
const fromTerminal: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

export interface PassOptions {
  readonly ignoresHangups: boolean;
  /** Called before a signal goes out, while what may end by it is still there to be seen. */
  readonly beforeEach: () => void;
}

/** Passes on the signals that we get. Returns how to stop. */
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
