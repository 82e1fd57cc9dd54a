import { DaemonError, type DaemonErrorCode } from '@escarp/broker/home';
import type { PoolError } from '@escarp/slot-pool';
import { errorTable, errorWords, isErrorCode, OperationError, toWire } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { printable, printableJson, printableLines } from './print/printable.js';
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
  registry_stopped: 1,
  token_required: 2,
  bad_setting: 2,
} as const satisfies Record<DaemonErrorCode, number>;

export async function printFailure(
  cli: Pick<Cli, 'env' | 'json' | 'verbose' | 'stdout' | 'stderr'>,
  error: unknown,
): Promise<number> {
  const failure = await describeFailure(error);
  const { code, message, hint, exitCode, details } = failure;
  if (cli.json) {
    const document = { error: code, message, hint, ...(details === undefined ? {} : { details }) };
    cli.stdout.write(`${printableJson(toWire(document))}\n`);
  } else {
    const terminal = terminalOf(cli.stderr, cli.env);
    const [first = '', ...more] = printableLines(message);
    const lines = [`${mark('bad', terminal)} ${first}`, ...[...more, ...printableLines(hint)].map(indented)];
    cli.stderr.write(`${lines.join('\n')}\n`);
  }
  if (cli.verbose && error instanceof Error)
    cli.stderr.write(`${(error.stack ?? '').split('\n').map(printable).join('\n')}\n`);
  return exitCode;
}

const indented = (line: string): string => `  ${line}`;

/** An interrupted command has nothing to explain to a person; a program still gets its document. */
export function printInterruption({ json, stdout }: Pick<Cli, 'json' | 'stdout'>): number {
  const document = { error: 'interrupted', message: 'A signal ended this command.', hint: '' };
  if (json) stdout.write(`${printableJson(document)}\n`);
  return 130;
}

async function describeFailure(error: unknown): Promise<Failure> {
  if (error instanceof OperationError) return operationFailure(error);
  if (error instanceof UsageError) return { ...pick(error), code: 'bad_usage', exitCode: 2 };
  if (error instanceof SetupError) return { ...pick(error), exitCode: 1 };
  if (error instanceof DaemonError) return { ...pick(error), exitCode: daemonExitCodes[error.code] };
  return (await browserFailure(error)) ?? unknownFailure(error);
}

/** Loads what may have failed only now, because a mistyped command should not wait for it. */
async function browserFailure(error: unknown): Promise<Failure | undefined> {
  const { IdentityError } = await import('@escarp/os-identity');
  const { PoolError } = await import('@escarp/slot-pool');
  if (error instanceof IdentityError) return { ...pick(error), hint: error.hint ?? '', exitCode: 4 };
  if (error instanceof PoolError) return poolFailure(error);
  return undefined;
}

function unknownFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, hint: 'Run it again with --verbose for the whole story.', exitCode: 1 };
}

function operationFailure(error: OperationError): Failure {
  const { code, exitCode, retryAfterS, refusal, details } = error;
  const { message, hint } = wordsHere(error);
  const when = retryAfterS === undefined ? '' : ` Trying again makes sense in about ${retryAfterS} s.`;
  // What a caller can do next, in fields of the wire; here the hint says it.
  const { nextActions: _, ...facts } = refusal;
  const all = Object.entries({ ...facts, ...details, retryAfterS }).filter(
    ([, value]) => value !== undefined,
  );
  const failure = { code, message: message + when, hint, exitCode };
  return all.length === 0 ? failure : { ...failure, details: Object.fromEntries(all) };
}

const options: Readonly<Record<string, string>> = {
  dev_port: '--dev-port',
  handoff: '--handoff',
  holder: '--holder',
  lease_token: '--token',
  slot: '--slot',
  ttl_s: '--ttl',
  wait_s: '--wait',
};

/** A daemon that refuses a value names the field of the wire; whoever typed a command knows the option. */
function wordsHere(error: OperationError): { message: string; hint: string } {
  const { message, hint } = error.wordsOn('cli');
  const named = message.replace(/^The field (\w+) /, (whole, field: string) =>
    options[field] === undefined ? whole : `${options[field]} `,
  );
  return { message: named, hint };
}

function poolFailure(error: PoolError): Failure {
  const known = isErrorCode(error.code) ? errorTable[error.code] : undefined;
  const { waysOut } = error.details;
  const ways = Array.isArray(waysOut) ? waysOut.join(' ') : undefined;
  const hint =
    ways ??
    poolHints[error.code] ??
    (isErrorCode(error.code) ? errorWords(error.code, 'cli').hint : undefined) ??
    'Run escarp doctor.';
  return { ...pick(error), hint, exitCode: known?.exit ?? 1, details: error.details };
}

const poolHints: Readonly<Record<string, string>> = {
  owned_elsewhere: 'Move its state directory back, or end that process; then try again.',
  port_taken: 'Stop that process, or set ESCARP_CDP_BASE to other ports.',
  state_directory_unusable: 'Set ESCARP_HOME to a directory that is yours alone.',
};

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
