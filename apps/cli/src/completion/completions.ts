import type { Argv } from 'yargs';
import yargs from 'yargs';
import type { Definition, Option } from '../definition.js';
import { commonOptions } from '../definition.js';

/**
 * What can replace the last of these words, the first being the program's name, each with its meaning if `SHELL` is zsh
 * or fish.
 */
export function completionsOf(words: readonly string[], program: Definition): string[] {
  // What follows two dashes belongs to another program.
  if (words.slice(0, -1).includes('--')) return [];
  const offered: string[] = [];
  const asked = ['--get-yargs-completions', ...words];
  const completing = yargs(asked)
    .scriptName(program.name)
    .locale('en')
    .help(false)
    .version(false)
    .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': false });
  // It calls back before it returns.
  void offering(completing, program, commonOptions).parse(
    asked,
    (_error: unknown, _argv: unknown, output: string) => {
      offered.push(...output.split('\n'));
    },
  );
  return [...new Set(offered.filter((word) => word !== ''))];
}

/** Declares what a command takes; its own options are not those of its subcommands. */
function offering(completing: Argv, command: Definition, common: readonly Option[] = []): Argv {
  for (const option of common) completing.option(option.name, factsOf(option));
  for (const option of command.options ?? []) {
    completing.option(option.name, { ...factsOf(option), global: false });
  }
  for (const below of command.commands ?? []) {
    const { name, positional } = below;
    const usage = positional === undefined ? name : `${name} [${positional.name}]`;
    completing.command(usage, below.summary, (inner) => {
      if (positional !== undefined) inner.positional(positional.name, factsOf(positional));
      return offering(inner, below);
    });
  }
  return completing;
}

const factsOf = ({ summary, type, choices }: Pick<Option, 'summary' | 'type' | 'choices'>) => ({
  describe: summary,
  type,
  ...(choices === undefined ? {} : { choices }),
});
