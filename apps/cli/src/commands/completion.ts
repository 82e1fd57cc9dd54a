import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { bashCompletion } from '../completion/bash-completion.js';
import { fishCompletion } from '../completion/fish-completion.js';
import { programSpec } from '../completion/program-spec.js';
import { zshCompletion } from '../completion/zsh-completion.js';
import type { Definition } from '../definition.js';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export async function completion(cli: Cli, args: Arguments, program: Definition): Promise<number> {
  const shell = (['bash', 'zsh', 'fish'] as const).find((name) => name === args.text('shell')) ?? 'bash';
  const script = scripts[shell](programSpec(program));
  printResult(cli, { shell, script }, [script.trimEnd()]);
  return 0;
}
