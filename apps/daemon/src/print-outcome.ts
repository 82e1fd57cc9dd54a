import { programErrors } from '@escarp/contract';
import { repeatable } from '@escarp/transport';
import { failureOf, toWire } from '@escarp/transport/client';

/** Where a program reports its outcome. */
export interface Output {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** Reports once that the daemon serves, to a person or as the one JSON document. */
export function printServing({ stdout }: Output, serving: { url: string; pid: number }, json: boolean): void {
  const { url, pid } = serving;
  stdout.write(json ? jsonText(serving) : `daemon: ${url} (pid ${pid})\n`);
}

/** Reports why there is no daemon; returns the exit code. Parts of the text may come from a file or a peer. */
export function printFailure(
  { stdout, stderr }: Output,
  error: unknown,
  { json, verbose }: { json: boolean; verbose: boolean },
): number {
  const { code, message, hint, exitCode, details } = failureOf(error);
  if (json) {
    const document = { error: code, message, hint, ...(details === undefined ? {} : { details }) };
    stdout.write(jsonText(toWire(document)));
  } else {
    stderr.write(`escarp-daemon: ${[...linesOf(message), ...linesOf(hint)].join('\n  ')}\n`);
  }
  if (verbose && error instanceof Error) stderr.write(`${linesOf(error.stack ?? '').join('\n')}\n`);
  return exitCode;
}

/** Whoever interrupted it needs no explanation; a program still gets its document. */
export function printInterruption({ stdout }: Output, json: boolean): number {
  const { message, exit } = programErrors.interrupted;
  if (json) stdout.write(jsonText({ error: 'interrupted', message, hint: '' }));
  return exit;
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => repeatable(line.trimEnd()))
    .filter((line) => line !== '');
}

/**
 * JSON.stringify escapes only the control characters of ASCII; the others that could disturb a terminal are replaced.
 */
function jsonText(document: unknown): string {
  const text = JSON.stringify(document, null, 2).split('\n').map(repeatable);
  return `${text.join('\n')}\n`;
}
