import yargs from 'yargs';
import type { Definition, Option } from './definition.js';
import { commonOptions } from './definition.js';

/** Longer lines are hard to read. */
export const helpColumnsMax = 100;

/** A term and what it means. */
export type HelpRow = readonly [term: string, meaning: string];

/** What help shows about a command, also on the page that is generated from it. */
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

/** The help as yargs lays it out for a terminal of this many columns. */
export function helpText(path: readonly Definition[], columns: number): Promise<string> {
  const { usage, summary, commands, examples } = helpOf(path);
  const { positional, options = [] } = path.at(-1) ?? {};
  // Without a name, so that commands are listed by their own names alone.
  const shown = yargs([])
    .scriptName('')
    .locale('en')
    .help(false)
    .version(false)
    .wrap(Number.isFinite(columns) ? columns : null)
    .usage(`${usage}\n\n${summary}`)
    .example(examples.map(([command, meaning]) => [command, meaning]))
    .epilogue('Documentation: escarp docs');
  for (const [name, meaning] of commands) shown.command(name, meaning);
  if (positional !== undefined) shown.positional(positional.name, facts(positional));
  for (const option of [...options, ...commonOptions]) shown.option(option.name, facts(option));
  return shown.getHelp();
}

const facts = ({
  summary,
  type,
  choices,
  ...more
}: Pick<Option, 'summary' | 'type' | 'choices' | 'default'>) => ({
  describe: summary,
  type,
  ...(choices === undefined ? {} : { choices }),
  ...(more.default === undefined ? {} : { default: more.default }),
});

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
