import type { Arguments } from './arguments.js';
import type { Cli } from './cli.js';

/** Who decides: the name that was given, else that of the user. */
export function decidingPerson({ env }: Pick<Cli, 'env'>, args: Arguments): string {
  return args.text('who') ?? (env['USER'] || env['LOGNAME'] || 'an operator');
}
