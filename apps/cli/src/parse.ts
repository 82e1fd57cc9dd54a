import { parseArgs } from 'node:util';
import type { Values } from './arguments.js';
import { programSpec } from './completion/program-spec.js';
import { findTypo } from './completion/find-typo.js';
import type { Definition, Option, Positional } from './definition.js';
import { commonOptions } from './definition.js';
import { checkTogether } from './check-together.js';
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
  const typo = findTypo(argv, programSpec(program));
  if (typo !== undefined) throw typoError(typo);
  const dashes = argv.indexOf('--');
  const own = dashes < 0 ? argv : argv.slice(0, dashes);
  const after = dashes < 0 ? [] : argv.slice(dashes + 1);
  const { path, rest } = locate(own, program);
  const command = path.at(-1) ?? program;
  const { values, words } = readOptions([...commonOptions, ...(command.options ?? [])], rest);
  if (values['help'] === true) return { path, command, values };
  if (command.takesCommand !== undefined) return { path, command, values: { ...values, '--': [...after] } };
  return { path, command, values: { ...values, ...readPositional(command, [...words, ...after]) } };
}

/** The words that name the command, and those that are left. Only flags may stand between the names. */
function locate(argv: readonly string[], program: Definition): { path: Definition[]; rest: string[] } {
  const path = [program];
  const rest: string[] = [];
  for (const [index, word] of argv.entries()) {
    const next = path.at(-1)?.commands?.find(({ name }) => name === word);
    if (next !== undefined) path.push(next);
    else if (word.startsWith('-')) rest.push(word);
    else return { path, rest: [...rest, ...argv.slice(index)] };
  }
  return { path, rest };
}

function readOptions(
  options: readonly Option[],
  words: readonly string[],
): { values: Values; words: string[] } {
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      options.map(({ name, type }) => [name, { type: type === 'boolean' ? 'boolean' : 'string' }]),
    ),
    // Its own refusals are Node's words, not ours.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Values = {};
  for (const { name, default: preset } of options) if (preset !== undefined) values[name] = preset;
  const typed: Values = {};
  for (const token of tokens) if (token.kind === 'option') Object.assign(typed, readOption(token, options));
  checkTogether(options, typed);
  Object.assign(values, typed);
  return { values, words: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])) };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function readOption(token: OptionToken, options: readonly Option[]): Values {
  const { name, rawName, value, inlineValue } = token;
  if (rawName === '-h') return { help: true };
  const option =
    options.find((one) => one.name === name) ??
    options.find((one) => one.type === 'boolean' && `no-${one.name}` === name);
  if (option === undefined) throw bad(`There is no option ${rawName}.`);
  if (option.type === 'boolean') {
    if (value !== undefined) throw bad(`${rawName} takes no value.`);
    return { [option.name]: option.name === name };
  }
  // What looks like another option is taken for a value only where there can be no doubt.
  if (value === undefined || value === '' || (inlineValue !== true && value.startsWith('--'))) {
    throw bad(`${rawName} needs a value${choicesOf(option)}.`);
  }
  return { [option.name]: checked(rawName, option, value) };
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

function typoError({ kind, word, suggestion }: NonNullable<ReturnType<typeof findTypo>>): UsageError {
  const meant = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
  return new UsageError(`There is no ${kind} ${word}.${meant}`, 'escarp --help shows all commands.');
}

function bad(message: string): UsageError {
  return new UsageError(message, 'The same command with --help shows how it is used.');
}
