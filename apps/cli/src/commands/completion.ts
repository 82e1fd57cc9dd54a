import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { completionScript } from '../completion/completion-script.js';

const shells = ['bash', 'zsh', 'fish'] as const;

export async function completion(cli: Cli, args: Arguments): Promise<number> {
  const shell = shells.find((name) => name === args.text('shell')) ?? 'bash';
  const script = completionScript(shell);
  printResult(cli, { shell, script }, [script]);
  return 0;
}
