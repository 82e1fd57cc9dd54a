import { closestMatch } from 'leven';
import type { Argv } from 'yargs';
import yargs from 'yargs';
import type { Values } from './arguments.js';
import { checkTogether } from './check-together.js';
import type { Definition, Option, Positional } from './definition.js';
import { commonOptions } from './definition.js';
import { UsageError } from './usage-error.js';

/** A command and what was typed for it. */
export interface Parsed {
  /** Where the command stands: the program, and what leads from there to the command itself. */
  readonly path: readonly Definition[];
  readonly command: Definition;
  readonly values: Values;
}

/** Throws `UsageError`, in words of our own, for whatever cannot be understood. */
export function parse(argv: readonly string[], program: Definition): Parsed {
  const { _: words, '--': after = [], $0: _, ...typed } = read(argv, program);
  const { path, command, surplus } = locate(words, program);
  const options = [...commonOptions, ...(command.options ?? [])];
  refuseUnknown(command, options, surplus);
  const values = readOptions(options, typed, argv);
  if (values['help'] === true) return { path, command, values };
  if (command.takesCommand !== true) {
    return { path, command, values: { ...values, ...readPositional(command, [...surplus, ...after]) } };
  }
  if (surplus[0] !== undefined && after.length > 0) {
    throw bad(`${command.name} takes no "${surplus[0]}" before the two dashes.`);
  }
  return { path, command, values: { ...values, '--': after } };
}

/** What yargs makes of a command line: the words, what follows two dashes, and the options by their names. */
interface Read extends Record<string, unknown> {
  readonly _: string[];
  readonly '--'?: string[];
  readonly $0: string;
}

function read(argv: readonly string[], program: Definition): Read {
  const reader = yargs([...argv])
    .scriptName(program.name)
    .help(false)
    .version(false)
    .exitProcess(false)
    // yargs lays out the help of whatever it reads.
    .wrap(null)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
      'strip-aliased': true,
      // They come back as they were typed, among the words, so a token that begins with a dash can be a value.
      'unknown-options-as-args': true,
    })
    // As yargs spells what it says, and never in the language of the environment.
    .updateStrings({
      'Argument unexpected for: %s': '--%s takes no value.',
      'Not enough arguments following: %s': '--%s needs a value.',
    })
    .fail((message: string, error) => {
      throw error instanceof UsageError ? error : bad(message);
    })
    .alias('help', 'h');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the configuration above makes of it.
  return accepting(reader, program, commonOptions).parseSync() as Read;
}

/** Declares options and commands; those of a command only once it is met. */
function accepting(reader: Argv, command: Definition, more: readonly Option[] = []): Argv {
  for (const { name, type } of [...more, ...(command.options ?? [])]) {
    if (type === 'boolean') reader.boolean([name, `no-${name}`]).nargs({ [name]: 0, [`no-${name}`]: 0 });
    else reader.string(name).requiresArg(name);
  }
  for (const below of command.commands ?? []) {
    reader.command(below.name, below.summary, (inner) => accepting(inner, below));
  }
  return reader;
}

/** Follows the words that name the command, as yargs did. */
function locate(words: readonly string[], program: Definition): Parsed & { surplus: string[] } {
  const path = [program];
  for (const word of words) {
    const next = path.at(-1)?.commands?.find(({ name }) => name === word);
    if (next === undefined) break;
    path.push(next);
  }
  return { path, command: path.at(-1) ?? program, values: {}, surplus: words.slice(path.length - 1) };
}

function refuseUnknown(command: Definition, options: readonly Option[], surplus: readonly string[]): void {
  const [first] = surplus;
  const isOption = (word: string): boolean => word.startsWith('-') && word !== '-';
  if (command.commands !== undefined && first !== undefined && !isOption(first)) {
    const names = command.commands.map(({ name }) => name);
    throw unknown(`There is no command ${first}.`, nearest(first, names));
  }
  const option = surplus.find(isOption);
  if (option !== undefined) throw unknownOption(option, options);
}

function readOptions(
  options: readonly Option[],
  typed: Readonly<Record<string, unknown>>,
  argv: readonly string[],
): Values {
  const said: Values = {};
  for (const [name, value] of Object.entries(typed)) Object.assign(said, readOption(name, value, options, argv));
  checkTogether(options, said);
  const presets = options.flatMap(({ name, default: preset }) =>
    preset === undefined ? [] : [[name, preset] as const],
  );
  return { ...Object.fromEntries(presets), ...said };
}

function readOption(
  name: string,
  value: unknown,
  options: readonly Option[],
  argv: readonly string[],
): Values {
  const option =
    options.find((one) => one.name === name) ??
    options.find((one) => one.type === 'boolean' && `no-${one.name}` === name);
  // Of a command that stands above.
  if (option === undefined) throw unknownOption(`--${name}`, options);
  if (typeof value !== 'string') return { [option.name]: option.name === name };
  // What looks like another option is taken for a value only where there can be no doubt.
  const isDoubtful = value.startsWith('--') && !argv.includes(`--${name}=${value}`);
  if (value === '' || isDoubtful) throw bad(`--${name} needs a value${choicesOf(option)}.`);
  return { [name]: checked(`--${name}`, option, value) };
}

function readPositional({ name, positional }: Definition, words: readonly string[]): Values {
  const [word, ...more] = words;
  const surplus = positional === undefined ? word : more[0];
  if (surplus !== undefined) throw bad(`${name} takes no "${surplus}".`);
  if (positional === undefined) return {};
  if (word !== undefined) return { [positional.name]: checked(`The ${positional.name}`, positional, word) };
  if (positional.required) throw bad(`${name} needs a ${positional.name}${choicesOf(positional)}.`);
  return {};
}

function checked(what: string, { type, choices }: Option | Positional, text: string): string | number {
  if (type === 'number') {
    const number = Number(text);
    if (text.trim() === '' || !Number.isFinite(number)) throw bad(`${what} must be a number, not "${text}".`);
    return number;
  }
  if (choices !== undefined && !choices.includes(text)) {
    throw bad(`${what} cannot be "${text}"; it is one of ${choices.join(', ')}.`);
  }
  return text;
}

const choicesOf = ({ choices }: Option | Positional): string =>
  choices === undefined ? '' : `: one of ${choices.join(', ')}`;

function unknownOption(word: string, options: readonly Option[]): UsageError {
  const name = word.replace(/^-+/, '').split('=', 1)[0] ?? '';
  const names = options.flatMap((one) =>
    one.type === 'boolean' && !commonOptions.includes(one) ? [one.name, `no-${one.name}`] : [one.name],
  );
  const meant = word.startsWith('--') ? nearest(name, names) : undefined;
  return unknown(`There is no option ${word}.`, meant === undefined ? undefined : `--${meant}`);
}

/** A third of the letters may be wrong, and at most three; two letters that changed places count as two. */
function nearest(word: string, names: readonly string[]): string | undefined {
  return closestMatch(word, names, { maxDistance: Math.min(3, Math.ceil(word.length / 3)) });
}

function unknown(message: string, meant: string | undefined): UsageError {
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return new UsageError(message + question, 'escarp --help shows all commands.');
}

function bad(message: string): UsageError {
  return new UsageError(message, 'The same command with --help shows how it is used.');
}
