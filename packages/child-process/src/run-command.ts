import type { Readable } from 'node:stream';
import type { SpawnError } from './spawn-error.js';
import { spawnErrorOf } from './spawn-error.js';
import type { RunningProcess } from './start-process.js';
import { startProcess } from './start-process.js';

/** How a command ended. `exitCode` is null when it could not be started, was killed, or passed its deadline. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started. */
  readonly failure?: SpawnError;
}

export interface CommandOptions {
  /** Written to the command's standard input, which is then closed. Without it there is none. */
  readonly input?: string;
  /** The command is killed after that many milliseconds. */
  readonly timeoutMs: number;
  /** The whole environment; our own if absent. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Of each stream; a command that prints more is killed. */
const outputBytesMax = 16_000_000;

/** Runs a command to its end and to the end of its output. Never rejects. */
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
    // What the command has started may hold its pipes for ever.
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
