import { errorWords, programErrors } from '@escarp/contract';
import { isCode, systemReason } from '@escarp/owned-files';
import { type Failure, failureOf } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { printAnswer } from './print-answer.js';
import { printable, printableJson, printableLines } from './print/printable.js';
import { mark } from './print/style.js';
import { wrapped } from './print/wrapped.js';
import { terminalOf } from './print/terminal.js';

/** Reports why a command failed; returns its exit code. */
export function printFailure(
  cli: Pick<Cli, 'env' | 'json' | 'verbose' | 'stdout' | 'stderr'>,
  error: unknown,
): number {
  const { code, message, hint, exitCode, details } = withNamedDaemon(failureIn(error), cli.env);
  if (cli.json) {
    const document = { error: code, message, hint, ...(details === undefined ? {} : { details }) };
    printAnswer(cli, document, []);
  } else {
    const terminal = terminalOf(cli.stderr, cli.env);
    const [first = '', ...more] = printableLines(message);
    const [start = '', ...rest] = wrapped(first, terminal.columns - 2);
    const below = [...more, ...printableLines(hint)].flatMap((line) => wrapped(line, terminal.columns - 2));
    const lines = [`${mark('bad', terminal)} ${start}`, ...[...rest, ...below].map(indented)];
    cli.stderr.write(`${lines.join('\n')}\n`);
  }
  if (cli.verbose && error instanceof Error)
    cli.stderr.write(`${(error.stack ?? '').split('\n').map(printable).join('\n')}\n`);
  return exitCode;
}

/** A full disk is met in many places, none of which says it better than this. */
function failureIn(error: unknown): Failure {
  const failure = failureOf(error);
  if (failure.code !== 'internal' || !isCode(error, 'ENOSPC', 'EDQUOT')) return failure;
  const message = `The state directory cannot be written: ${systemReason(error)}.`;
  return { ...failure, code: 'out_of_resources', message, hint: 'Free some space, and try again.' };
}

/** Where the environment names a daemon, starting another one does not help. A shell may have kept the name of an old one. */
function withNamedDaemon(failure: Failure, env: Cli['env']): Failure {
  const named = env['ESCARP_BROKER_URL'];
  const isUsual = failure.hint === errorWords('daemon_unreachable', 'cli').hint;
  if (named === undefined || named === '' || failure.code !== 'daemon_unreachable' || !isUsual)
    return failure;
  const hint = `ESCARP_BROKER_URL is ${named}: correct it, or unset it to use the daemon of ESCARP_HOME.`;
  return { ...failure, hint };
}

const indented = (line: string): string => `  ${line}`;

/** An interrupted command has nothing to explain to a person; a program still gets its document. */
export function printInterruption({ json, stdout }: Pick<Cli, 'json' | 'stdout'>): number {
  const { message, exit, hint } = programErrors.interrupted;
  if (json) stdout.write(`${printableJson({ error: 'interrupted', message, hint })}\n`);
  return exit;
}
