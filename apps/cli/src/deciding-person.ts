import type { Arguments } from './arguments.js';
import type { Cli } from './cli.js';
import { userName } from './worktree.js';

/** Who decides: the name that was given, else that of the user. */
export function decidingPerson(cli: Pick<Cli, 'env' | 'uid'>, args: Arguments): string {
  return args.text('who') ?? userName(cli);
}
