import type { CommandSpec } from './command-table.js';

export interface Typo {
  readonly kind: 'command' | 'option';
  /** As it was typed; not yet printable. */
  readonly word: string;
  /** What was meant, if something is near. */
  readonly suggestion: string | undefined;
}

/** Options that every command takes. */
const everywhere = ['help', 'version', 'json', 'verbose'];

/** The first command or long option in `argv` that does not exist, up to a lone `--`. */
export function findTypo(argv: readonly string[], program: CommandSpec): Typo | undefined {
  let command = program;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') return undefined;
    if (word.startsWith('--')) {
      const name = word.slice(2).split('=', 1)[0] ?? '';
      const option = command.options?.find((one) => one.name === name || `no-${one.name}` === name);
      if (option === undefined && !everywhere.includes(name))
        return typo('option', word, name, optionNames(command));
      if (option?.value !== undefined && !word.includes('=')) index += 1;
    } else if (!word.startsWith('-') && command.commands !== undefined) {
      const next = command.commands.find((one) => one.name === word);
      if (next === undefined)
        return typo(
          'command',
          word,
          word,
          command.commands.map(({ name }) => name),
        );
      command = next;
    }
  }
  return undefined;
}

const optionNames = ({ options = [] }: CommandSpec) => [...options.map(({ name }) => name), ...everywhere];

function typo(kind: Typo['kind'], word: string, name: string, candidates: readonly string[]): Typo {
  const nearest = nearestOf(name, candidates);
  const prefix = kind === 'option' ? '--' : '';
  return { kind, word, suggestion: nearest === undefined ? undefined : prefix + nearest };
}

/** A third of the letters may be wrong, at least one and at most three. */
function nearestOf(word: string, candidates: readonly string[]): string | undefined {
  const allowed = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ distance }) => distance <= allowed)
    .toSorted((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** Letters to insert, remove, replace or swap with their neighbour: optimal string alignment. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped =
        from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
          ? at(beforeLast, column - 2) + 1
          : Infinity;
      current.push(Math.min(replaced, swapped, at(last, column) + 1, at(current, column - 1) + 1));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
