import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cli } from './cli.js';
import { openCalls } from './open-calls.js';
import type { OpenCalls } from './open-calls.js';
import type { RunningCommand } from './running-command.js';

/**
 * What a child started may keep its output open after the child's end; this long afterwards the output is closed all
 * the same.
 */
const lastWordsMs = 1_000;
/** How long a server whose input has ended may take to end by itself, and to answer what it was asked. */
const afterInputMs = 5_000;
const lastAnswersMs = 60_000;
const lookEveryMs = 100;

export interface PassedStreams {
  readonly calls: OpenCalls;
  /** Resolves when the command has ended and all of its output has been passed on. */
  readonly done: Promise<void>;
  /** Resolves when whoever talked to the command has gone and the command has had time to end; perhaps never. */
  readonly abandoned: Promise<void>;
}

/** Connects the command's standard streams to ours. */
export function passStreams(cli: Cli, { process: child }: RunningCommand, touch: () => void): PassedStreams {
  const { stdin, stdout, exited } = child;
  const calls = openCalls();
  if (stdin === null || stdout === null) throw new Error('The command was started without pipes.');
  process.stdin.on('error', () => {});
  process.stdin.on('data', (chunk: Buffer) => {
    touch();
    calls.asked(chunk);
  });
  process.stdin.pipe(stdin);
  stdout.on('data', (chunk: Buffer) => {
    touch();
    calls.answered(chunk);
  });
  stdout.pipe(cli.stdout, { end: false });
  // A pipe that fails is over, too.
  const said = once(stdout, 'close').catch(() => {});
  const done = (async () => {
    await exited;
    await Promise.race([said, pause(lastWordsMs, undefined, { ref: false })]);
  })();
  const deaf = new Promise<void>((resolve) => cli.stdout.once('error', () => resolve()));
  return { calls, done, abandoned: Promise.race([deaf, inputOver(calls)]) };
}

/**
 * Only the end of a pipe shows that somebody has gone. A file, or /dev/null, ends at once, however long the command is
 * meant to work.
 */
async function inputOver(calls: OpenCalls): Promise<void> {
  await new Promise<void>((resolve) => process.stdin.once('end', resolve));
  if (!isConversation()) return new Promise(() => {});
  const answers = AbortSignal.timeout(lastAnswersMs);
  while (calls.count() > 0 && !answers.aborted) await pause(lookEveryMs, undefined, { ref: false });
  return pause(afterInputMs, undefined, { ref: false });
}

function isConversation(): boolean {
  const input = fstatSync(0);
  return input.isFIFO() || input.isSocket() || process.stdin.isTTY;
}
