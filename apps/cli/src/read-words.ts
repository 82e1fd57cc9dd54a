import { format } from 'node:util';
import type { Options } from 'yargs-parser';
import yargsParser from 'yargs-parser';
import type { Definition, Option } from './definition.js';
import { commonOptions } from './definition.js';
import { bad } from './mistakes.js';

/** A command line as yargs reads it. */
export interface Read {
  /** The position of the command: the program, and the commands that lead to it. */
  readonly path: readonly Definition[];
  /** The words after those that name the command. */
  readonly surplus: readonly string[];
  /** What follows two dashes. */
  readonly after: string[];
  /** The options by their names. */
  readonly typed: Readonly<Record<string, unknown>>;
}

/**
 * Only with yargs' parser: loading all of yargs, for its help and its completions, takes longer than most commands.
 * Throws `UsageError` if an option has too many values or none.
 */
export function readWords(argv: readonly string[], program: Definition): Read {
  const path = [program];
  const options = [...commonOptions];
  for (let command = program; ; path.push(command)) {
    // Those of a command are known once its name has been read, and are then options wherever they stand.
    options.push(...(command.options ?? []));
    const { argv: read, error } = yargsParser.detailed([...argv], configurationFor(options));
    const { _: words, '--': after = [], ...typed } = read;
    const next = command.commands?.find(({ name }) => name === words[path.length - 1]);
    if (next === undefined) {
      if (error !== null) throw bad(error.message);
      return { path, surplus: words.slice(path.length - 1).map(String), after: after.map(String), typed };
    }
    command = next;
  }
}

/** With what the published types of the parser leave out: the function that words its messages. */
interface Configuration extends Options {
  __(message: string, ...values: readonly string[]): string;
}

function configurationFor(options: readonly Option[]): Configuration {
  const flags = options.flatMap(({ name, type }) => (type === 'boolean' ? [name, `no-${name}`] : []));
  const withValue = options.flatMap(({ name, type }) => (type === 'boolean' ? [] : [name]));
  return {
    alias: { help: ['h'] },
    boolean: flags,
    string: withValue,
    // To yargs, not a number means at least one value.
    narg: Object.fromEntries([
      ...flags.map((name) => [name, 0] as const),
      ...withValue.map((name) => [name, NaN] as const),
    ]),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-positional-numbers': false,
      'populate--': true,
      'strip-aliased': true,
      // They are returned as they were typed, among the words, so a token that begins with a dash can be a value.
      'unknown-options-as-args': true,
    },
    __: (message, ...values) => format(wording[message] ?? message, ...values),
  };
}

const wording: Readonly<Record<string, string>> = {
  'Argument unexpected for: %s': '--%s takes no value.',
  'Not enough arguments following: %s': '--%s needs a value.',
};
