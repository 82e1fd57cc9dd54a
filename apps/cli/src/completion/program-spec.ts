import type { Definition, Option } from '../definition.js';
import type { CommandSpec, OptionSpec } from './command-table.js';

/** The program as completion and suggestions know it, from the one table of commands. */
export function programSpec(definitions: readonly Definition[]): CommandSpec {
  return {
    name: 'escarp',
    summary: 'Leases real browsers to coding agents',
    commands: definitions.map(commandSpec),
  };
}

function commandSpec({ name, summary, options = [], commands, positional }: Definition): CommandSpec {
  return {
    name,
    summary,
    options: options.map(optionSpec),
    ...(commands === undefined ? {} : { commands: commands.map(commandSpec) }),
    ...(positional?.choices === undefined ? {} : { words: positional.choices }),
  };
}

function optionSpec({ name, summary, type, choices }: Option): OptionSpec {
  return { name, summary, ...(type === 'boolean' ? {} : { value: choices ?? 'any' }) };
}
