import { spawn } from 'node:child_process';
import { root } from './workspace.mjs';

/** Work shorter than this is done in silence. */
const QUIET_MS = 1000;

export class CommandFailed extends Error {
  constructor(line, exitCode, output) {
    super(`${line} failed${exitCode === null ? '' : ` (exit code ${exitCode})`}`);
    this.exitCode = exitCode ?? 1;
    this.output = output;
  }
}

/** Runs a command without a shell, and resolves with all it printed, or rejects with `CommandFailed`. */
export function run(command, args, { cwd = root, env = process.env, inherit = false } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { cwd, env, stdio });
    const line = [command, ...args].join(' ');
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => reject(new CommandFailed(line, null, error.message)));
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new CommandFailed(line, code ?? 1, output)),
    );
  });
}

/** Says what is going on as soon as it has taken a second, and how long it took at the end. */
export async function withProgress(label, work) {
  const startedAt = Date.now();
  let said = false;
  const timer = setTimeout(() => {
    said = true;
    say(`${label} ...`);
  }, QUIET_MS);
  try {
    const result = await work();
    if (said) say(`${label}: ${seconds(startedAt)}`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `work` on every item, at most `limit` at a time, and waits for all of them. */
export async function inParallel(limit, items, work) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}

/** Prints one line. Standard error, so that a command's own output can be piped. */
export const say = (line) => process.stderr.write(`${line}\n`);

/** Ends a script with one sentence, the failed command's output if there is some, and no stack trace. */
export function fail(error) {
  if (error.output) process.stderr.write(`${error.output.trimEnd()}\n`);
  say(`error: ${error.message}`);
  process.exit(error.exitCode ?? 1);
}

/** Time since `startedAt`, for people. */
export const seconds = (startedAt) => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
