import type { Values } from './arguments.js';
import { checkTogether } from './check-together.js';
import type { Definition, Option, Positional } from './definition.js';
import { commonOptions } from './definition.js';
import { bad, refuseUnknown, unknownOption } from './mistakes.js';
import { readWords } from './read-words.js';

/** A command and what was typed for it. */
export interface Parsed {
  /** The position of the command: the program, and the commands that lead to it. */
  readonly path: readonly Definition[];
  readonly command: Definition;
  readonly values: Values;
}

/** Throws `UsageError`, in our own words, for anything that cannot be understood. */
export function parse(argv: readonly string[], program: Definition): Parsed {
  const { path, surplus, after, typed } = readWords(argv, program);
  const command = path.at(-1) ?? program;
  const options = [...commonOptions, ...(command.options ?? [])];
  refuseUnknown(path, options, surplus);
  const values = readOptions(path, options, typed, argv);
  if (values['help'] === true) return { path, command, values };
  if (command.takesCommand === undefined) {
    return { path, command, values: { ...values, ...readPositional(path, [...surplus, ...after]) } };
  }
  if (surplus[0] !== undefined) {
    throw bad(`${command.name} takes no "${surplus[0]}" before the two dashes.`);
  }
  // An empty word is a variable that was not set.
  if (after[0] === '') throw bad('The command after the two dashes is empty.');
  return { path, command, values: { ...values, '--': after } };
}

function readOptions(
  path: readonly Definition[],
  options: readonly Option[],
  typed: Readonly<Record<string, unknown>>,
  argv: readonly string[],
): Values {
  const said: Values = {};
  for (const [name, value] of Object.entries(typed))
    Object.assign(said, readOption(path, name, value, options, argv));
  checkTogether(options, said);
  const presets = options.flatMap(({ name, default: preset }) =>
    preset === undefined ? [] : [[name, preset] as const],
  );
  return { ...Object.fromEntries(presets), ...said };
}

function readOption(
  path: readonly Definition[],
  name: string,
  value: unknown,
  options: readonly Option[],
  argv: readonly string[],
): Values {
  const option =
    options.find((one) => one.name === name) ??
    options.find((one) => one.type === 'boolean' && `no-${one.name}` === name);
  // An option of a parent command.
  if (option === undefined) throw unknownOption(`--${name}`, options, path);
  if (typeof value !== 'string') return { [option.name]: option.name === name };
  // What looks like another option is taken as a value only if there can be no doubt.
  const isDoubtful = value.startsWith('--') && !argv.includes(`--${name}=${value}`);
  if (value === '' || isDoubtful) throw bad(`--${name} needs a value${choicesOf(option)}.`);
  return { [name]: checked(`--${name}`, option, value) };
}

function readPositional(path: readonly Definition[], words: readonly string[]): Values {
  const [word, ...more] = words;
  const positional = path.at(-1)?.positional;
  const name = path
    .slice(1)
    .map((each) => each.name)
    .join(' ');
  const surplus = positional === undefined ? word : more[0];
  if (surplus !== undefined) throw bad(`${name} takes no "${surplus}".`);
  if (positional === undefined) return {};
  if (word === undefined && !positional.required) return {};
  // An empty word is a variable that was not set.
  if (!word) throw bad(`${name} needs a ${positional.name}${choicesOf(positional)}.`);
  return { [positional.name]: checked(`The ${positional.name}`, positional, word) };
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
