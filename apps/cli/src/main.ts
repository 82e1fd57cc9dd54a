import { readSettings, refuseUnfitHome, withAbsolutePaths } from '@escarp/broker/home';
import { Arguments } from './arguments.js';
import type { Cli } from './cli.js';
import { printResult } from './cli.js';
import { program } from './definitions.js';
import type { Parsed } from './parse.js';
import { parse } from './parse.js';
import { terminalOf } from './print/terminal.js';
import { UsageError } from './usage-error.js';
import { requireWritten } from './written-output.js';

/** What the process is: everything a command line can depend on. */
export interface ProcessFacts extends Omit<
  Cli,
  'settings' | 'terminal' | 'json' | 'verbose' | 'interrupted' | 'cwd'
> {
  /** Undefined if the working directory was deleted. */
  readonly cwd: string | undefined;
  readonly argv: readonly string[];
  readonly defaultHome: string;
  readonly onSignal: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE', listener: () => void) => void;
}

/** Runs one command line and resolves with its exit code. It never rejects. */
export async function main({ argv, onSignal, ...facts }: ProcessFacts): Promise<number> {
  const interrupted = new AbortController();
  // A second signal repeats the same request: npm passes on what the terminal has already sent to every process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) onSignal(signal, () => interrupted.abort());
  onSignal('SIGPIPE', () => interrupted.abort());
  // Without a listener, Node would end.
  onSignal('SIGHUP', () => facts.ignoresHangups || interrupted.abort());
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const common = {
    ...facts,
    terminal: terminalOf(facts.stdout, facts.env),
    json: own.includes('--json'),
    verbose: own.includes('--verbose'),
    interrupted: interrupted.signal,
  };
  try {
    const exitCode = await carryOut(argv, common);
    await requireWritten(common);
    return exitCode;
  } catch (error) {
    const { printFailure, printInterruption } = await import('./print-failure.js');
    // Where standard output takes nothing, a document would be lost, too.
    if (common.outputError() !== undefined) return printFailure({ ...common, json: false }, error);
    return interrupted.signal.aborted ? printInterruption(common) : printFailure(common, error);
  }
}

type Common = Omit<Cli, 'settings' | 'cwd'> & Pick<ProcessFacts, 'cwd'>;

async function carryOut(argv: readonly string[], common: Common): Promise<number> {
  if (argv[0] === completionRequest) return offerCompletions(common.stdout, argv.slice(1));
  const parsed = parse(argv, program);
  const { run } = parsed.command;
  if (parsed.values['help'] === true) return printHelp(common, parsed);
  if (parsed.values['version'] === true) return printVersion(common);
  if (run === undefined) throw incomplete(parsed);
  const env = withAbsolutePaths(common.env, common);
  const cwd = common.cwd ?? common.userHome;
  const cli: Cli = { ...common, env, cwd, settings: readSettings(env, common.defaultHome) };
  if (parsed.command.needsNoHome !== true && !env['ESCARP_BROKER_URL'])
    await refuseUnfitHome(cli.settings.home);
  return run(cli, new Arguments(parsed.values));
}

type Output = Pick<Cli, 'stdout' | 'json' | 'terminal' | 'version'>;

async function printHelp(output: Output, { path }: Parsed): Promise<number> {
  const { helpColumnsMax, helpOf, helpText } = await import('./command-line.js');
  const { columns } = output.terminal;
  const text = await helpText(path, Number.isFinite(columns) ? Math.min(columns, helpColumnsMax) : columns);
  printResult(output, helpOf(path), [text]);
  return 0;
}

/** The option with which yargs' completion scripts ask how the words typed so far can continue. */
const completionRequest = '--get-yargs-completions';

async function offerCompletions(stdout: Cli['stdout'], words: readonly string[]): Promise<number> {
  const { completionsOf } = await import('./command-line.js');
  stdout.write(
    completionsOf(words, program)
      .map((word) => `${word}\n`)
      .join(''),
  );
  return 0;
}

function printVersion(output: Output): number {
  printResult(output, { version: output.version }, [output.version]);
  return 0;
}

function incomplete({ path, command }: Parsed): UsageError {
  const names = path.map(({ name }) => name).join(' ');
  const below = (command.commands ?? []).map(({ name }) => name).join(', ');
  return new UsageError(`Say what to do: ${names} takes one of ${below}.`, `${names} --help says more.`);
}
