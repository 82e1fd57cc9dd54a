import type { Arguments } from './arguments.js';
import type { Cli } from './cli.js';
import { typedSecret } from './typed-secret.js';
import { UsageError } from './usage-error.js';

/** A command's environment is hidden from other users, unlike its arguments. */
export const handoffVariable = 'ESCARP_HANDOFF';

/** Options that choose another slot, or that only a new lease can satisfy. */
export const notWithHandoff: readonly string[] = ['slot', 'wait', 'login'];

/**
 * The code of the handoff that a command is to accept: `--handoff`, or else ESCARP_HANDOFF if it is not empty.
 *
 * @throws UsageError if ESCARP_HANDOFF and an option exclude each other.
 */
export async function handoffCode({ env }: Pick<Cli, 'env'>, args: Arguments): Promise<string | undefined> {
  const typed = args.text('handoff');
  if (typed !== undefined) return typedSecret('handoff', typed);
  const code = env[handoffVariable] || undefined;
  const other = [...notWithHandoff, 'lazy', 'playwright'].find((name) => isSaid(args, name));
  if (code === undefined || other === undefined) return code;
  throw new UsageError(
    `--${other} is not for a slot that is handed over, and ${handoffVariable} is set.`,
    `Leave out --${other}, or unset ${handoffVariable}.`,
  );
}

function isSaid(args: Arguments, name: string): boolean {
  return args.flag(name) || (args.text(name) ?? args.number(name)) !== undefined;
}
