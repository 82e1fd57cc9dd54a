import type { Clocks, Settings } from '@escarp/broker/home';
import { printableJson } from './print/printable.js';
import type { Terminal } from './print/terminal.js';

/** What a command is given: where to print, the options that all commands have, and facts about the process. */
export interface Cli {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly uid: number | undefined;
  readonly pid: number;
  readonly userHome: string;
  /** The state directory if the environment names none. */
  readonly defaultHome: string;
  readonly shortTmp: string;
  readonly cwd: string;
  readonly clocks: Clocks;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Why standard output takes nothing more. A reader that went away, as `head` does, had all it wanted: that is no error. */
  readonly outputError: () => Error | undefined;
  /** Of standard output. */
  readonly terminal: Terminal;
  /** Exactly one JSON document goes to standard output, and nothing else. */
  readonly json: boolean;
  readonly verbose: boolean;
  /** Started by `nohup`: SIGHUP ends neither this program nor what it starts. */
  readonly ignoresHangups: boolean;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly interrupted: AbortSignal;
  /** Path of this program, for starting itself again. */
  readonly program: string;
}

/** Prints the one result of a command: the document, its fields named as they are, or lines for a person. */
export function printResult(
  cli: Pick<Cli, 'stdout' | 'json'>,
  document: unknown,
  lines: readonly string[],
): void {
  if (cli.json) cli.stdout.write(`${printableJson(document)}\n`);
  else cli.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** Says what is going on, on standard error, where it does not disturb scripts. */
export function say(cli: Cli, line: string): void {
  if (!cli.json) cli.stderr.write(`${line}\n`);
}
