import { closestMatch } from 'leven';
import type { Definition, Option } from './definition.js';
import { commonOptions } from './definition.js';
import { UsageError } from './usage-error.js';

/** Throws `UsageError` for the first word that looks like an option or a command but is none. */
export function refuseUnknown(
  command: Definition,
  options: readonly Option[],
  surplus: readonly string[],
): void {
  const [first] = surplus;
  if (command.commands !== undefined && first !== undefined && !isOption(first)) {
    const names = command.commands.map(({ name }) => name);
    throw unknown(`There is no command ${first}.`, nearest(first, names));
  }
  const option = surplus.find(isOption);
  if (option !== undefined) throw unknownOption(option, options);
}

const isOption = (word: string): boolean => word.startsWith('-') && word !== '-';

export function unknownOption(word: string, options: readonly Option[]): UsageError {
  const name = word.replace(/^-+/, '').split('=', 1)[0] ?? '';
  const names = options.flatMap((one) =>
    one.type === 'boolean' && !commonOptions.includes(one) ? [one.name, `no-${one.name}`] : [one.name],
  );
  const meant = word.startsWith('--') ? nearest(name, names) : undefined;
  return unknown(`There is no option ${word}.`, meant === undefined ? undefined : `--${meant}`);
}

/** A third of the letters may be wrong, and at most three; two swapped letters count as two. */
function nearest(word: string, names: readonly string[]): string | undefined {
  return closestMatch(word, names, { maxDistance: Math.min(3, Math.ceil(word.length / 3)) });
}

function unknown(message: string, meant: string | undefined): UsageError {
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return new UsageError(message + question, 'escarp --help shows all commands.');
}

export function bad(message: string): UsageError {
  return new UsageError(message, 'The same command with --help shows how it is used.');
}
