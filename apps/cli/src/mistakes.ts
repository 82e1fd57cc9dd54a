import { closestMatch } from 'leven';
import type { Definition, Option } from './definition.js';
import { commonOptions } from './definition.js';
import { UsageError } from './usage-error.js';

/**
 * Throws `UsageError` for the first word that looks like an option or a command but is none. `path` leads to the command
 * that was typed.
 */
export function refuseUnknown(
  path: readonly Definition[],
  options: readonly Option[],
  surplus: readonly string[],
): void {
  const [first] = surplus;
  const commands = path.at(-1)?.commands;
  if (commands !== undefined && first !== undefined && !isOption(first)) {
    const names = commands.map(({ name }) => name);
    const before = path.slice(1).map(({ name }) => `${name} `);
    const meant = nearest(first, names);
    throw unknown(
      `There is no command ${before.join('')}${first}.`,
      meant === undefined ? undefined : before.join('') + meant,
      `${typedSoFar(path)} --help shows ${path.length === 1 ? 'all' : 'its'} commands.`,
    );
  }
  const option = surplus.find(isOption);
  if (option !== undefined) throw unknownOption(option, options, path);
}

const isOption = (word: string): boolean => word.startsWith('-') && word !== '-';

/** The words that lead to a command, from the name of the program on. */
function typedSoFar(path: readonly Definition[]): string {
  return path.map(({ name }) => name).join(' ');
}

/** `path` leads to the command that has no such option. */
export function unknownOption(
  word: string,
  options: readonly Option[],
  path: readonly Definition[],
): UsageError {
  const name = word.replace(/^-+/, '').split('=', 1)[0] ?? '';
  const names = options.flatMap((one) =>
    one.type === 'boolean' && !commonOptions.includes(one) ? [one.name, `no-${one.name}`] : [one.name],
  );
  const meant = word.startsWith('--') ? nearest(name, names) : undefined;
  const help = `${typedSoFar(path)} --help shows its options.`;
  return unknown(`There is no option ${word}.`, meant === undefined ? undefined : `--${meant}`, help);
}

/** A third of the letters may be wrong, and at most three; two swapped letters count as two. */
function nearest(word: string, names: readonly string[]): string | undefined {
  return closestMatch(word, names, { maxDistance: Math.min(3, Math.ceil(word.length / 3)) });
}

function unknown(message: string, meant: string | undefined, help: string): UsageError {
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return new UsageError(message + question, help);
}

export function bad(message: string): UsageError {
  return new UsageError(message, 'The same command with --help shows how it is used.');
}
