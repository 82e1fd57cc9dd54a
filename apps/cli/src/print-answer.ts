import { toWire } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { printResult } from './cli.js';

/**
 * Prints the one result of a command, as `printResult` does, for a document with the contract's fields. Commands have
 * it in camel case; here, and nowhere else in this program, it is spelled as on the wire.
 */
export function printAnswer(
  cli: Pick<Cli, 'stdout' | 'json'>,
  document: object,
  lines: readonly string[],
): void {
  printResult(cli, toWire(document), lines);
}
