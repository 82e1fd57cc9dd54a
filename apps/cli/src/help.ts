import type { Definition, Option } from './definition.js';
import { commonOptions } from './definition.js';
import { padded, widthOf, wrapped } from './print/fit-text.js';

/** Longer lines are hard to read. */
export const helpColumnsMax = 100;

/** A term and what it means. */
export type HelpRow = readonly [term: string, meaning: string];

/** What help shows of a command, also for the page that is made of it. */
export interface Help {
  readonly usage: string;
  readonly summary: string;
  readonly commands: readonly HelpRow[];
  readonly options: readonly HelpRow[];
  readonly examples: readonly HelpRow[];
}

/** `path` leads from the program to the command. */
export function helpOf(path: readonly Definition[]): Help {
  const command = path.at(-1);
  const { summary = '', positional, options = [], examples = [], commands = [] } = command ?? {};
  const argument = positional === undefined ? [] : [rowOf(positional.name, positional)];
  return {
    usage: usageOf(path),
    summary,
    commands: commands.map((one): HelpRow => [one.name, one.summary]),
    options: [...argument, ...options.map((option) => rowOf(optionTerm(option), option))],
    examples,
  };
}

/** The help as lines for a terminal of this many columns. */
export function helpLines(path: readonly Definition[], columns: number): string[] {
  const { usage, summary, commands, options, examples } = helpOf(path);
  const common = commonOptions.map((option) => rowOf(optionTerm(option), option));
  return [
    ...wrapped(usage, columns),
    '',
    ...wrapped(summary, columns),
    ...section('Commands', commands, columns),
    ...section('Options', [...options, ...common], columns),
    ...section('Examples', examples, columns),
    '',
    ...wrapped('Documentation: escarp docs', columns),
  ];
}

function usageOf(path: readonly Definition[]): string {
  const { positional, options, commands, run, takesCommand } = path.at(-1) ?? {};
  const names = path.map(({ name }) => name);
  const command = commands === undefined ? [] : [run === undefined ? '<command>' : '[command]'];
  const argument =
    positional === undefined ? [] : [positional.required ? `<${positional.name}>` : `[${positional.name}]`];
  const more = options === undefined ? [] : ['[options]'];
  const own = { always: ['-- <command>'], optionally: ['[-- <command>]'], never: [] }[
    takesCommand ?? 'never'
  ];
  return [...names, ...command, ...argument, ...more, ...own].join(' ');
}

function rowOf(
  term: string,
  { summary, choices, ...more }: Pick<Option, 'summary' | 'choices' | 'default'>,
): HelpRow {
  const among = choices === undefined ? '' : `: ${choices.join(', ')}`;
  const preset = more.default === undefined ? '' : ` (default ${String(more.default)})`;
  return [term, `${summary}${among}${preset}`];
}

function optionTerm({ name, type }: Option): string {
  return type === 'boolean' ? `--${name}` : `--${name} ${type === 'number' ? 'N' : 'TEXT'}`;
}

const termWidthMax = 46;

/** Two columns where there is room, and each meaning below its term where there is none. */
function section(title: string, rows: readonly HelpRow[], columns: number): string[] {
  if (rows.length === 0) return [];
  const width = Math.min(termWidthMax, Math.max(...rows.map(([term]) => widthOf(term))));
  const room = columns - width - 4;
  const beside = room >= 24;
  return [
    '',
    `${title}:`,
    ...rows.flatMap(([term, meaning]) => {
      const lines = wrapped(meaning, beside ? room : Math.max(8, columns - 4));
      if (beside && widthOf(term) <= width) {
        return lines.map((line, index) => `  ${padded(index === 0 ? term : '', width, 'left')}  ${line}`);
      }
      const indent = ' '.repeat(beside ? width + 4 : 4);
      return [
        ...wrapped(term, columns - 2).map((line) => `  ${line}`),
        ...lines.map((line) => indent + line),
      ];
    }),
  ];
}
