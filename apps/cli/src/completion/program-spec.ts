import type { Definition, Option } from '../definition.js';
import type { CommandSpec, OptionSpec } from './command-table.js';

/** A command and those below it as completion and suggestions know them, from the one table of commands. */
export function programSpec({ name, summary, options = [], commands, positional }: Definition): CommandSpec {
  return {
    name,
    summary,
    options: options.map(optionSpec),
    ...(commands === undefined ? {} : { commands: commands.map(programSpec) }),
    ...(positional?.choices === undefined ? {} : { words: positional.choices }),
  };
}

function optionSpec({ name, summary, type, choices }: Option): OptionSpec {
  return { name, summary, ...(type === 'boolean' ? {} : { value: choices ?? 'any' }) };
}
