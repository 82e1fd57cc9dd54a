import type {
  FamilyOptions,
  ProcessStamp,
  RunningProcess,
  SpawnErrorCode,
  StartOptions,
} from '@escarp/child-process';
import { endFamily, processFamily, shellExitCode, SpawnError, startProcess } from '@escarp/child-process';
import type { Cli } from './cli.js';
import { withDirectLoopback } from './direct-loopback.js';
import { passSignals } from './pass-signals.js';
import { runVariable } from './run-variable.js';
import { UsageError } from './usage-error.js';

/** A running command of the user's, with everything that it starts. */
export interface RunningCommand {
  readonly process: RunningProcess;
  /** The exit code of the command itself, as in a shell. What it started may still be running. */
  readonly ended: Promise<number>;
  /**
   * Ends the command and everything it has started, wherever in the tree: asks first, and forces it after `graceMs`.
   * Whatever continues to drive a slot after the lease would drive the next holder's.
   */
  readonly end: (graceMs: number) => Promise<void>;
}

export interface CommandSetting {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdio: NonNullable<StartOptions['stdio']>;
}

/**
 * Starts a command in our own process group, where a terminal's job control reaches it, and passes signals on to it.
 */
export async function startCommand(
  cli: Cli,
  command: readonly string[],
  { env, stdio }: CommandSetting,
): Promise<RunningCommand> {
  const runId = cli.clocks.newId();
  const [program = '', ...args] = cli.ignoresHangups ? [...withoutHangups, ...command] : command;
  const process = await startProcess(program, args, {
    env: { ...withDirectLoopback(env), [runVariable]: runId },
    stdio,
    cwd: cli.cwd,
  }).catch((error: unknown) => {
    throw usageErrorOf(error);
  });
  const family = { platform: cli.platform, mark: `${runVariable}=${runId}`, ownsSession: false };
  const known: ProcessStamp[] = [];
  // Once a process has been ended by a signal, its children can no longer be found through it.
  const remember = (): void => {
    processFamily({ ...family, known }).then(
      (seen) => known.push(...seen),
      () => {},
    );
  };
  const stop = passSignals(process, { ignoresHangups: cli.ignoresHangups, beforeEach: remember });
  // A signal that came while the command was being started is passed on to it.
  if (cli.interrupted.aborted) process.kill('SIGTERM');
  const ended = process.exited.then(shellExitCode);
  void ended.finally(stop);
  return { process, ended, end: (graceMs) => endAll({ ...family, known }, process, graceMs) };
}

/** Node does not let a child inherit that SIGHUP is ignored, as `nohup` arranged for us and everything we start. */
const withoutHangups = ['/bin/sh', '-c', 'trap "" HUP; exec "$@"', 'sh'];

async function endAll(family: FamilyOptions, process: RunningProcess, graceMs: number): Promise<void> {
  await endFamily(family, graceMs);
  await process.exited;
}

function usageErrorOf(error: unknown): unknown {
  if (!(error instanceof SpawnError)) return error;
  return new UsageError(error.message, hints[error.code] ?? 'Try again when the machine has more to spare.');
}

const hints: Partial<Record<SpawnErrorCode, string>> = {
  command_not_found: 'Is it installed, and on the PATH?',
  command_not_executable: 'Is it a program, and may you execute it?',
};
