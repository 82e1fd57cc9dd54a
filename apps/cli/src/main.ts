import { readSettings } from '@escarp/daemon/home';
import { Arguments } from './arguments.js';
import type { Cli } from './cli.js';
import type { Definition } from './definition.js';
import { definitions } from './definitions.js';
import { parse } from './parse.js';
import { terminalOf } from './print/terminal.js';

/** What the process is: everything a command line can depend on. */
export interface ProcessFacts extends Omit<
  Cli,
  'settings' | 'terminal' | 'json' | 'verbose' | 'interrupted' | 'stdout' | 'stderr'
> {
  readonly argv: readonly string[];
  readonly defaultHome: string;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly onSignal: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void) => void;
}

/** Runs one command line and resolves with its exit code. It never rejects. */
export async function main(facts: ProcessFacts): Promise<number> {
  const terminal = terminalOf(facts.stdout, facts.env);
  const parsed = await parse(facts.argv, definitions, { version: facts.version, terminal });
  if ('output' in parsed) {
    (parsed.exitCode === 0 ? facts.stdout : facts.stderr).write(`${parsed.output}\n`);
    return parsed.exitCode;
  }
  return runCommand(parsed.definition, parsed.values, facts);
}

async function runCommand(
  { run }: Definition,
  values: Readonly<Record<string, unknown>>,
  facts: ProcessFacts,
): Promise<number> {
  const { argv: _, defaultHome, onSignal, ...rest } = facts;
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) onSignal(signal, () => interrupted.abort());
  const common = {
    ...rest,
    terminal: terminalOf(facts.stdout, facts.env),
    json: values['json'] === true,
    verbose: values['verbose'] === true,
    interrupted: interrupted.signal,
  };
  try {
    const cli: Cli = { ...common, settings: readSettings(facts.env, defaultHome) };
    return (await run?.(cli, new Arguments(values))) ?? 0;
  } catch (error) {
    const { printFailure } = await import('./failure.js');
    return interrupted.signal.aborted ? 130 : printFailure(common, error);
  }
}
