import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Cli } from './cli.js';
import { UsageError } from './usage-error.js';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const graceMs = 10_000;

export interface RunningChild {
  readonly child: ChildProcess;
  /** Its exit code, or 128 plus the number of the signal that ended it, as shells have it. */
  readonly ended: Promise<number>;
}

/** Starts a command with our own standard streams, or as told, and passes on to it the signals we get. */
export async function startChild(
  cli: Cli,
  command: readonly string[],
  { env, stdio }: { env: Record<string, string | undefined>; stdio: StdioOptions },
): Promise<RunningChild> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env, stdio, cwd: cli.cwd });
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
    );
  });
  const pass = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to the child as well, and twice means something else to many programs.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of forwarded) process.on(signal, pass);
  void ended.finally(() => forwarded.forEach((signal) => process.off(signal, pass)));
  await started(child, program);
  return { child, ended };
}

async function started(child: ChildProcess, program: string): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`${program} could not be started: ${why}.`, 'Is it installed, and on the PATH?');
  }
}

/** Asks a child to end, and makes it end if it does not. */
export async function endChild({ child, ended }: RunningChild): Promise<void> {
  child.kill('SIGTERM');
  const overdue = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(overdue);
}
