import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { spawnErrorOf } from './spawn-error.js';

/** Options of `startProcess`, as `node:child_process` defines them. */
export type StartOptions = Pick<SpawnOptions, 'cwd' | 'detached' | 'env' | 'stdio'>;

/** How a process ended. One of the two is null. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running program. Errors of its streams are handled, so they never end this process. */
export interface RunningProcess {
  readonly pid: number;
  /** Like the other streams, null unless `stdio` makes it a pipe. */
  readonly stdin: ChildProcess['stdin'];
  readonly stdout: ChildProcess['stdout'];
  readonly stderr: ChildProcess['stderr'];
  /** Resolves when the process has ended; processes it started may still hold its streams. Never rejects. */
  readonly exited: Promise<ProcessEnd>;
  /** Resolves when the process has ended and all its streams are closed. Never rejects. */
  readonly closed: Promise<ProcessEnd>;
  /** Sends a signal; false if the process has already ended. */
  readonly kill: (signal: NodeJS.Signals) => boolean;
  /** Lets our own process exit while this one is still running. */
  readonly unref: () => void;
}

/**
 * Starts a program without a shell. Resolves once it is running. Node throws some of the errors that can happen here and
 * emits others on a child that has no streams; this function rejects for all of them.
 *
 * @throws SpawnError with the codes `command_not_found`, `command_not_executable`, `out_of_descriptors`,
 * `out_of_processes`, `out_of_memory` or `spawn_failed`.
 */
export async function startProcess(
  command: string,
  commandArguments: readonly string[],
  options: StartOptions = {},
): Promise<RunningProcess> {
  const child = spawnOrThrow(command, commandArguments, options);
  const exited = endOf(child, 'exit');
  const closed = endOf(child, 'close');
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    // The listener stays for the life of the child: a signal that cannot be delivered is emitted as an error too.
    child.on('error', (cause) => reject(spawnErrorOf(command, cause)));
  });
  const { stdin, stdout, stderr } = child;
  // A pipe whose other end has closed reports an error; how the process ended says more.
  for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => {});
  return {
    pid: child.pid ?? 0,
    stdin,
    stdout,
    stderr,
    exited,
    closed,
    kill: (signal) => child.kill(signal),
    unref: () => child.unref(),
  };
}

/** The exit code that a shell would report: 128 plus the signal's number if a signal ended the process. */
export function shellExitCode({ exitCode, signal }: ProcessEnd): number {
  return signal === null ? (exitCode ?? 1) : 128 + constants.signals[signal];
}

function spawnOrThrow(
  command: string,
  commandArguments: readonly string[],
  options: StartOptions,
): ChildProcess {
  try {
    return spawn(command, commandArguments, options);
  } catch (cause) {
    throw spawnErrorOf(command, cause);
  }
}

function endOf(child: ChildProcess, event: 'exit' | 'close'): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once(event, (exitCode: number | null, signal: NodeJS.Signals | null) =>
      resolve({ exitCode, signal }),
    );
  });
}
