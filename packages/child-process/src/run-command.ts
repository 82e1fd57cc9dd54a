import type { Readable } from 'node:stream';
import type { SpawnError } from './spawn-error.js';
import { spawnErrorOf } from './spawn-error.js';
import type { RunningProcess } from './start-process.js';
import { startProcess } from './start-process.js';

/** How a command ended. `exitCode` is null if it could not be started, was killed, or timed out. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started. */
  readonly failure?: SpawnError;
}

/** How to run a command. */
export interface CommandOptions {
  /** Written to the command's standard input, which is then closed. Without it standard input is /dev/null. */
  readonly input?: string;
  /** Milliseconds after which the command is killed. */
  readonly timeoutMs: number;
  /** The whole environment. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A command that prints more than this to one stream is killed. */
const outputBytesMax = 16_000_000;

/**
 * Runs a command until it has ended and its output streams are closed. Never rejects: `failure` says why it could not be
 * started. A command that prints more than 16 MB to one stream is killed.
 */
export async function runCommand(
  command: string,
  commandArguments: readonly string[],
  { input, timeoutMs, env }: CommandOptions,
): Promise<CommandResult> {
  try {
    const running = await startProcess(command, commandArguments, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(env === undefined ? {} : { env }),
    });
    running.stdin?.end(input);
    return await collect(running, timeoutMs);
  } catch (error) {
    return { exitCode: null, stdout: '', stderr: '', failure: spawnErrorOf(command, error) };
  }
}

async function collect(running: RunningProcess, timeoutMs: number): Promise<CommandResult> {
  const stop = (): void => {
    running.kill('SIGKILL');
    // Processes that the command started may keep its pipes open forever.
    running.stdout?.destroy();
    running.stderr?.destroy();
  };
  const overdue = setTimeout(stop, timeoutMs);
  try {
    const [stdout, stderr, end] = await Promise.all([
      textOf(running.stdout, stop),
      textOf(running.stderr, stop),
      running.closed,
    ]);
    return { exitCode: end.exitCode, stdout, stderr };
  } finally {
    clearTimeout(overdue);
  }
}

function textOf(stream: Readable | null, tooMuch: () => void): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream?.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= outputBytesMax) chunks.push(chunk);
      else tooMuch();
    });
    stream?.once('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}
