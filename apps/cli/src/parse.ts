import yargs from 'yargs';
import type { Argv } from 'yargs';
import { programSpec } from './completion/program-spec.js';
import { findTypo } from './completion/find-typo.js';
import type { Definition, Option } from './definition.js';
import { printable } from './print/printable.js';
import type { Terminal } from './print/terminal.js';

/** A command and what was typed for it, or a text that ends the matter: help, the version, a mistake. */
export type Parsed =
  | { readonly definition: Definition; readonly values: Readonly<Record<string, unknown>> }
  | { readonly output: string; readonly exitCode: 0 | 2 };

const widthMax = 100;

export async function parse(
  argv: readonly string[],
  definitions: readonly Definition[],
  { version, terminal }: { version: string; terminal: Terminal },
): Promise<Parsed> {
  const typo = findTypo(argv, programSpec(definitions));
  if (typo !== undefined) return { output: describeTypo(typo), exitCode: 2 };
  let chosen: Definition | undefined;
  const choose = (definition: Definition): void => {
    chosen = definition;
  };
  const parser = yargs([...argv])
    .scriptName('escarp')
    .usage('$0 <command>\n\nLeases real browsers to coding agents.')
    .version(version)
    .help()
    .alias('help', 'h')
    .strict()
    .exitProcess(false)
    .wrap(Math.min(terminal.columns, widthMax))
    .parserConfiguration({ 'populate--': true, 'camel-case-expansion': false })
    .option('json', { type: 'boolean', describe: 'Print one JSON document', global: true })
    .option('verbose', { type: 'boolean', describe: 'Print stack traces of failures', global: true })
    .demandCommand(1, 'Say what to do: one of the commands above.')
    .epilogue('Documentation: escarp docs');
  addCommands(parser, definitions, choose);
  return settle(parser, argv, () => chosen);
}

async function settle(
  parser: Argv,
  argv: readonly string[],
  chosen: () => Definition | undefined,
): Promise<Parsed> {
  let output = '';
  try {
    const values: Record<string, unknown> = await parser
      .fail(false)
      .parseAsync([...argv], {}, (_error, _values, text) => {
        output = text;
      });
    const definition = chosen();
    if (output !== '' || definition === undefined) return { output, exitCode: 0 };
    return { definition, values };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { output: `${printable(message)}\n\nescarp --help shows all commands.`, exitCode: 2 };
  }
}

function addCommands(
  parser: Argv,
  definitions: readonly Definition[],
  choose: (definition: Definition) => void,
): void {
  for (const definition of definitions) {
    parser.command(
      signature(definition),
      definition.summary,
      (sub) => describe(sub, definition, choose),
      () => choose(definition),
    );
  }
}

function describe(sub: Argv, definition: Definition, choose: (definition: Definition) => void): Argv {
  const { positional, options = [], examples = [], commands = [], run } = definition;
  if (positional !== undefined) {
    const { name, summary, type, choices } = positional;
    sub.positional(name, { type, describe: summary, ...(choices === undefined ? {} : { choices }) });
  }
  for (const option of options) sub.option(option.name, optionOf(option));
  for (const [command, meaning] of examples) sub.example(command, meaning);
  addCommands(sub, commands, choose);
  if (run === undefined) sub.demandCommand(1, 'Say what to do: one of the commands above.');
  return sub;
}

function optionOf({ type, summary, choices, default: preset }: Option) {
  return {
    type,
    describe: summary,
    requiresArg: type !== 'boolean',
    ...(choices === undefined ? {} : { choices }),
    ...(preset === undefined ? {} : { default: preset }),
  };
}

function signature({ name, positional }: Definition): string {
  if (positional === undefined) return name;
  return positional.required ? `${name} <${positional.name}>` : `${name} [${positional.name}]`;
}

function describeTypo({ kind, word, suggestion }: NonNullable<ReturnType<typeof findTypo>>): string {
  const meant = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
  return `There is no ${kind} ${printable(word)}.${meant}\n\nescarp --help shows all commands.`;
}
