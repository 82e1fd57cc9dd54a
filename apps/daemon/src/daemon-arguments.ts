import { parseArgs } from 'node:util';
import { messageOf } from '@escarp/contract';
import { OperationError } from '@escarp/transport/client';

export interface DaemonArguments {
  /** What is printed, including why it cannot start, is one JSON document. */
  readonly json: boolean;
  /** Also writes the log to standard error. */
  readonly verbose: boolean;
  readonly heal: boolean;
  readonly requireToken: boolean | undefined;
}

const options = {
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  'no-heal': { type: 'boolean' },
  'require-token': { type: 'boolean' },
  'no-require-token': { type: 'boolean' },
} as const;

/** Throws `bad_request` for anything but these options. */
export function daemonArguments(argv: readonly string[]): DaemonArguments {
  const values = parsed(argv);
  return {
    json: values.json === true,
    verbose: values.verbose === true,
    heal: values['no-heal'] !== true,
    requireToken: values['require-token'] ?? (values['no-require-token'] === true ? false : undefined),
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (cause) {
    const message = messageOf(cause);
    const hint = `The options are --${Object.keys(options).join(', --')}.`;
    throw new OperationError('bad_request', { message, hint, cause });
  }
}
