import type { Argv } from 'yargs';
import yargs from 'yargs';
import type { Definition, Option } from './definition.js';
import { commonOptions } from './definition.js';
import { bad } from './mistakes.js';
import { UsageError } from './usage-error.js';

/** A command line as yargs reads it: the words, what follows two dashes, and the options by their names. */
export interface Read extends Record<string, unknown> {
  readonly _: string[];
  readonly '--'?: string[];
  readonly $0: string;
}

/** Throws `UsageError` if an option has too many values or none. */
export function readWords(argv: readonly string[], program: Definition): Read {
  const reader = yargs([...argv])
    .scriptName(program.name)
    .help(false)
    .version(false)
    .exitProcess(false)
    // yargs lays out the help for everything it reads.
    .wrap(null)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-positional-numbers': false,
      'populate--': true,
      'strip-aliased': true,
      // They are returned as they were typed, among the words, so a token that begins with a dash can be a value.
      'unknown-options-as-args': true,
    })
    // The wording of yargs' messages, which must not depend on the language of the environment.
    .updateStrings({
      'Argument unexpected for: %s': '--%s takes no value.',
      'Not enough arguments following: %s': '--%s needs a value.',
    })
    .fail((message: string, error) => {
      throw error instanceof UsageError ? error : bad(message);
    })
    .alias('help', 'h');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the configuration above makes of it.
  return accepting(reader, program, new Set(argv), commonOptions).parseSync() as Read;
}

/**
 * Declares options and commands; those of a command only once the command occurs. A command that was not typed is not
 * declared: nothing could be read as it, and declaring all of them takes longer than reading.
 */
function accepting(
  reader: Argv,
  command: Definition,
  typed: ReadonlySet<string>,
  more: readonly Option[] = [],
): Argv {
  for (const { name, type } of [...more, ...(command.options ?? [])]) {
    if (type === 'boolean') reader.boolean([name, `no-${name}`]).nargs({ [name]: 0, [`no-${name}`]: 0 });
    else reader.string(name).requiresArg(name);
  }
  for (const below of command.commands ?? []) {
    if (typed.has(below.name))
      reader.command(below.name, below.summary, (inner) => accepting(inner, below, typed));
  }
  return reader;
}
