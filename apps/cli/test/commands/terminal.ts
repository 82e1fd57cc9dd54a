import { once } from 'node:events';
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { EscarpHome } from './escarp-home.js';
import { program } from './escarp-home.js';

/** A command on a terminal of this many columns, provided by `script`; what it shows is on standard output. */
export function startOnTerminal(
  { env }: EscarpHome,
  args: readonly string[],
  columns: number,
): ChildProcessWithoutNullStreams {
  const words = [process.execPath, program, ...args].join(' ');
  return spawn('script', ['-qec', `stty cols ${columns} rows 30; exec ${words}`, '/dev/null'], {
    env: { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
  });
}

/** Everything that a command shows on a terminal of this many columns. */
export async function shownOnTerminal(
  home: EscarpHome,
  args: readonly string[],
  columns: number,
): Promise<string> {
  const child = startOnTerminal(home, args, columns);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text.replaceAll('\r\n', '\n');
}
