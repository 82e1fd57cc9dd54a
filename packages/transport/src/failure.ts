import { exitCodeOf, isErrorCode, isProgramErrorCode, messageOf, programErrors } from '@escarp/contract';
import { errorWords, type ErrorCode, type ProgramErrorCode } from '@escarp/contract';
import { OperationError } from '@escarp/contract';

/** What a program that failed says, and its exit code. */
export interface Failure {
  readonly code: ErrorCode | ProgramErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number;
  /** Plain data in camel case. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Any thrown value as a program reports it. Errors of every package are recognised by their code, which is one of the
 * contract's; anything else is `internal`.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof OperationError) return operationFailure(error);
  if (error instanceof Error && 'code' in error) {
    const { code } = error;
    if (isProgramErrorCode(code) || isErrorCode(code)) return packageFailure(error, code);
  }
  const message = messageOf(error);
  const hint = 'Run it again with --verbose for the whole story.';
  return { code: 'internal', message, hint, exitCode: 1 };
}

function packageFailure(error: Error, code: ErrorCode | ProgramErrorCode): Failure {
  const hint = 'hint' in error ? error.hint : undefined;
  const details = 'details' in error ? error.details : undefined;
  const facts = isRecord(details) ? details : undefined;
  const said = hint === undefined ? waysOutOf(facts) : (hint ?? '');
  return {
    code,
    message: error.message,
    hint: typeof said === 'string' ? said : hintOf(code),
    exitCode: exitCodeOf(code),
    ...(facts === undefined ? {} : { details: facts }),
  };
}

/** The hint of an error that names several ways out of it. */
function waysOutOf(details: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const ways = details?.['waysOut'];
  return Array.isArray(ways) ? ways.join(' ') : undefined;
}

function hintOf(code: ErrorCode | ProgramErrorCode): string {
  return isErrorCode(code) ? errorWords(code, 'cli').hint : programErrors[code].hint;
}

function operationFailure(error: OperationError): Failure {
  const { code, exitCode, retryAfterS, refusal, details } = error;
  const { message, hint } = wordsForShell(error);
  const when = retryAfterS === undefined ? '' : ` Try again in about ${retryAfterS} s.`;
  // What a caller can do next, in terms of the wire's fields; here the hint says it.
  const { nextActions: _, ...facts } = refusal;
  const all = Object.entries({ ...facts, ...details, retryAfterS }).filter(
    ([, value]) => value !== undefined,
  );
  const failure = { code, message: message + when, hint, exitCode };
  return all.length === 0 ? failure : { ...failure, details: Object.fromEntries(all) };
}

const options: Readonly<Record<string, string>> = {
  check_text: '--check-text',
  check_url: '--check-url',
  dev_port: '--dev-port',
  handoff: '--handoff',
  holder: '--holder',
  holders_max: '--shared',
  instructions: '--instructions',
  lease_token: '--token',
  max_age_s: '--max-age',
  note: '--note',
  origins: '--origins',
  reason: 'The reason',
  slot: '--slot',
  timeout_s: '--timeout',
  to: '--to',
  ttl_s: '--ttl',
  until_text: '--until-text',
  until_url: '--until',
  url: '--url',
  wait_s: '--wait',
  who: '--who',
};

/** A daemon that refuses a value names the field of the wire, but whoever typed a command knows the option. */
function wordsForShell(error: OperationError): { message: string; hint: string } {
  const { message, hint } = error.wordsOn('cli');
  const named = message.replace(/^The field (\w+) /, (whole, field: string) =>
    options[field] === undefined ? whole : `${options[field]} `,
  );
  return { message: named, hint };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
