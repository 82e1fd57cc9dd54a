import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { spawnErrorOf } from './spawn-error.js';

export type StartOptions = Pick<SpawnOptions, 'cwd' | 'detached' | 'env' | 'stdio'>;

/** How a process ended. One of the two is null. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that runs. Its streams never emit an error that nobody hears. */
export interface RunningProcess {
  readonly pid: number;
  /** Null unless it was asked for as a pipe. */
  readonly stdin: ChildProcess['stdin'];
  readonly stdout: ChildProcess['stdout'];
  readonly stderr: ChildProcess['stderr'];
  /** Resolves, never rejects, when the process itself has ended; what it started may still hold its streams. */
  readonly exited: Promise<ProcessEnd>;
  /** Resolves, never rejects, when in addition all its streams have ended. */
  readonly closed: Promise<ProcessEnd>;
  /** False when it has ended already. */
  readonly kill: (signal: NodeJS.Signals) => boolean;
  /** Lets this process end before that one. */
  readonly unref: () => void;
}

/**
 * Starts a program, without a shell. Resolves once it runs. Rejects with a `SpawnError` in every case in which it does
 * not: Node throws some of these, and emits others on a child that then has no streams at all.
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
    // Stays for as long as the child lives: a signal that cannot be delivered is emitted as an error too.
    child.on('error', (cause) => reject(spawnErrorOf(command, cause)));
  });
  const { stdin, stdout, stderr } = child;
  // A pipe whose other end is gone reports that; how the process ended says it better.
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

/** The exit code a shell gives: 128 plus the number of the signal for a process that a signal ended. */
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
