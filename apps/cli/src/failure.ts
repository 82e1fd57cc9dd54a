import { DaemonError, type DaemonErrorCode } from '@escarp/daemon/home';
import { IdentityError } from '@escarp/os-identity';
import { PoolError } from '@escarp/slot-pool';
import { OperationError } from '@escarp/transport/client';
import { toWire } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { printable } from './print/printable.js';
import { mark } from './print/style.js';
import { terminalOf } from './print/terminal.js';
import { SetupError } from './setup/setup-error.js';
import { UsageError } from './usage-error.js';

/** What a command that did not succeed says and exits with. */
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number;
  readonly details?: unknown;
}

const daemonExitCodes = {
  state_directory_unusable: 1,
  daemon_already_running: 1,
  journal_corrupt: 1,
  ports_taken: 1,
  token_required: 2,
  bad_setting: 2,
} as const satisfies Record<DaemonErrorCode, number>;

export function printFailure(
  cli: Pick<Cli, 'env' | 'json' | 'verbose' | 'stdout' | 'stderr'>,
  error: unknown,
): number {
  const failure = describeFailure(error);
  const { code, message, hint, exitCode, details } = failure;
  if (cli.json) {
    const document = { error: code, message, hint, ...(details === undefined ? {} : { details }) };
    cli.stdout.write(`${JSON.stringify(toWire(document), null, 2)}\n`);
  } else {
    const terminal = terminalOf(cli.stderr, cli.env);
    cli.stderr.write(`${mark('bad', terminal)} ${printable(message)}\n`);
    if (hint !== '') cli.stderr.write(`  ${printable(hint)}\n`);
  }
  if (cli.verbose && error instanceof Error) cli.stderr.write(`${error.stack ?? ''}\n`);
  return exitCode;
}

function describeFailure(error: unknown): Failure {
  if (error instanceof OperationError) return operationFailure(error);
  if (error instanceof UsageError) return { ...pick(error), code: 'bad_usage', exitCode: 2 };
  if (error instanceof SetupError) return { ...pick(error), exitCode: 1 };
  if (error instanceof DaemonError) return { ...pick(error), exitCode: daemonExitCodes[error.code] };
  if (error instanceof IdentityError) return { ...pick(error), hint: error.hint ?? '', exitCode: 4 };
  if (error instanceof PoolError) return poolFailure(error);
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, hint: 'Run it again with --verbose for the whole story.', exitCode: 1 };
}

function operationFailure(error: OperationError): Failure {
  const { code, message, hint, exitCode, retryAfterS, refusal, details } = error;
  const when = retryAfterS === undefined ? '' : ` Trying again makes sense in about ${retryAfterS} s.`;
  return { code, message: message + when, hint, exitCode, details: { ...refusal, ...details, retryAfterS } };
}

function poolFailure(error: PoolError): Failure {
  const exitCode = error.code === 'browser_missing' || error.code === 'browser_launch_failed' ? 7 : 1;
  const hint = error.code === 'port_taken' ? 'Stop that process, or set ESCARP_CDP_BASE to other ports.' : '';
  return { ...pick(error), hint, exitCode, details: error.details };
}

function pick<Code extends string>({
  code,
  message,
  hint,
}: {
  code: Code;
  message: string;
  hint?: string | null;
}) {
  return { code, message, hint: hint ?? '' };
}
